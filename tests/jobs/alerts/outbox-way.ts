/**
 * The whole way of an alert, from its observation to its being delivered as over, in steps. It goes on from wherever the
 * tables say that it stands, as programs do that start again. As a program (`bun outbox-way.ts DATABASE_URL HOOK_URL LOG
 * STEP`) it kills itself with -9 at that step, or prints how many there are.
 */
import type { Sql } from 'postgres'
import { nameChannels } from '../../../db/alerts/channels.ts'
import { openSql } from '../../../db/engines/postgres/open-sql.ts'
import { observe } from '../../../db/alerts/observe.ts'
import type { Channel } from '../../../db/alerts/delivery/channel.ts'
import { logFileChannel } from '../../../db/alerts/delivery/channels/log-file.ts'
import { webhookChannel } from '../../../db/alerts/delivery/channels/webhook.ts'
import { deliverNext, openOutbox, type Outbox } from '../../../db/alerts/delivery/deliver.ts'
import { createLog } from '../../../lib/log.ts'

type Step = (what: string) => void

export async function goTheWay(sql: Sql, hook_url: string, log_path: string, step: Step): Promise<void> {
  const channels = [webhookChannel(hook_url, undefined, 'INFO'), logFileChannel(log_path, 'INFO')]
  await nameChannels(sql, channels)
  step('channels named')
  if ((await stateOf(sql)) === undefined) await see(sql, false, step)
  await deliverAll(sql, channels, step)
  if ((await stateOf(sql)) === 'firing') await see(sql, true, step)
  await deliverAll(sql, channels, step)
}

const stateOf = async (sql: Sql) => (await sql<{ state: string }[]>`select state from alerts`)[0]?.state

async function see(sql: Sql, ok: boolean, step: Step): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`insert into written (ok) values (${ok})`
    step('caller has written')
    await observe(tx, [{ rule: 'JOB_FAILED', subject: 'way', ok, detail: 'lost' }])
    step('observed')
  })
  step('committed')
}

async function deliverAll(sql: Sql, channels: Channel[], step: Step): Promise<void> {
  const outbox = openOutbox(sql)
  const stepping: Outbox = {
    ...outbox,
    async claim(channel, terms) {
      const held = await outbox.claim(channel, terms)
      if (held[0]) step(`${held[0].kind} claimed for ${channel}`)
      return held
    },
    async sent(held) {
      step(`${held[0]!.kind} taken by ${held[0]!.channel}`)
      await outbox.sent(held)
      step(`${held[0]!.kind} written as sent on ${held[0]!.channel}`)
    },
  }
  const options = { log: createLog('test', 'silent'), locale: 'en', stopping: new AbortController().signal } as const
  for (const channel of channels) while ((await deliverNext(stepping, channel, options)) !== 'none');
}

if (import.meta.main) {
  const [database_url, hook_url, log_path, last] = Bun.argv.slice(2) as [string, string, string, string]
  const steps: string[] = []
  const sql = openSql(database_url, 1)
  await goTheWay(sql, hook_url, log_path, (what) => {
    steps.push(what)
    if (steps.length === Number(last)) process.kill(process.pid, 'SIGKILL')
  })
  await sql.end()
  process.stdout.write(JSON.stringify(steps))
}
