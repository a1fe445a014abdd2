/** Sends a test message to the channels, so that a wrong password is not found on a bad day. */
import { formatTable, parseWords, wrongUsage } from '../../lib/command-line.ts'
import { messageOf } from '../../lib/errors.ts'
import { EXIT } from '../../lib/program.ts'
import type { Message } from '../../db/alerts/delivery/channel.ts'
import { openChannels } from '../../db/alerts/delivery/channels/index.ts'
import { sendWithin } from '../../db/alerts/delivery/deliver.ts'
import type { JobsConfig } from '../config.ts'
import { USAGE } from './command.ts'

/** Sends to the channels that the words name, or to all; exit code 1 when one of them did not accept it. */
export async function alertTest(words: string[], { alerts, locale }: JobsConfig): Promise<number> {
  const { values, positionals } = parseWords(words, { json: { type: 'boolean', default: false } }, USAGE)
  const channels = openChannels(alerts)
  const names = channels.map(({ name }) => name)
  const unknown = positionals.filter((name) => !names.includes(name))
  if (unknown.length > 0)
    wrongUsage(`There is no channel ${unknown.join(', ')} in the configuration. There are: ${names.join(', ')}.`, USAGE)
  const chosen = positionals.length > 0 ? channels.filter(({ name }) => positionals.includes(name)) : channels
  const rows = await Promise.all(
    chosen.map(async (channel) => {
      const message = testMessage(channel.name, locale)
      const problem = await sendWithin((signal) => channel.send(message, signal), new AbortController().signal).then(
        () => null,
        messageOf,
      )
      return { channel: channel.name, sent: problem === null, problem }
    }),
  )
  process.stdout.write(`${values.json ? JSON.stringify(rows, null, 2) : formatTable(rows)}\n`)
  return rows.every(({ sent }) => sent) ? EXIT.done : EXIT.failed
}

function testMessage(channel: string, locale: Message['locale']): Message {
  const alert_id = Bun.randomUUIDv7()
  const now = new Date()
  return {
    id: `${alert_id}-${channel}-test`,
    kind: 'firing',
    rule: 'TEST',
    alias: null,
    subject: 'bun run jobs alert-test',
    severity: 'INFO',
    detail: { en: 'Alerts arrive here.', pt: 'Os alertas chegam aqui.' },
    alert_id,
    failures: 0,
    opened_at: now,
    fired_at: now,
    resolved_at: null,
    acknowledged_by: null,
    flapping_at: null,
    locale,
  }
}
