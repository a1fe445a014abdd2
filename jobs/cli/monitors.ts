import {
  lastEvents,
  lastHours,
  listMonitors,
  readMonitor,
  readUptimes,
  type MonitorEvent,
  type MonitorRow,
} from '../../db/monitors/read.ts'
import { targetOf } from '../../db/monitors/spec.ts'
import { pingSecret, pingToken } from '../../db/monitors/tokens.ts'
import { formatTable, parseWords, printRows, wrongUsage } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { textIn } from '../../lib/texts.ts'
import type { JobsConfig } from '../config.ts'
import { USAGE, type Command } from './command.ts'

const EVENTS = 20
const HOURS = [24, 7 * 24, 30 * 24]

/** Shows push URLs: who may run a command on this machine may read its secrets, too. */
export const monitors =
  (config: JobsConfig): Command =>
  (words) => {
    const { values, positionals } = parseWords(words, { json: { type: 'boolean', default: false } }, USAGE)
    if (positionals.length > 1) wrongUsage('Name one monitor, or none for all of them.', USAGE)
    const [name] = positionals
    return async (sql) => {
      const secret = await pingSecret(config.db.data_dir, config.ping_secret)
      const base = (config.alerts.public_url ?? config.api_url).replace(/\/$/, '')
      const urlOf = ({ kind, name }: MonitorRow) => (kind === 'push' ? `${base}/ping/${pingToken(secret, name)}` : null)
      if (name === undefined) {
        const rows = await listMonitors(sql)
        if (rows.length === 0) process.stderr.write(`${NONE}\n`)
        printRows(
          rows.map((one) => ({ ...brief(one), ping_url: urlOf(one) })),
          values.json,
        )
        return EXIT.done
      }
      const one = await readMonitor(sql, name)
      const [uptimes, events, hours] = await Promise.all([
        readUptimes(sql, name, HOURS),
        lastEvents(sql, name, EVENTS),
        lastHours(sql, name, HOURS[0]!),
      ])
      const shown = { ...brief(one), ping_url: urlOf(one), uptimes, events: events.map(eventOf), hours }
      if (values.json) process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`)
      else {
        const facts = Object.entries({ ...brief(one), ping_url: urlOf(one) }).filter(([, value]) => value !== null)
        const list = facts.map(
          ([key, value]) => `${key.padEnd(13)} ${value instanceof Date ? value.toISOString() : value}`,
        )
        process.stdout.write(
          `${[list.join('\n'), formatTable(uptimes.map(rounded)), formatTable(events.map(inTable))].join('\n\n')}\n`,
        )
      }
      return EXIT.done
    }
  }

const NONE = 'There is no monitor yet; docs/monitors.md says how to write one.'

function brief(one: MonitorRow) {
  const { name, kind, gone_at, state, since, uptime_percent, latency_ms, certificate_ends_at } = one
  return {
    name,
    kind,
    target: targetOf(one),
    state: gone_at ? 'gone' : state,
    since: gone_at ?? since,
    why: one.detail && textIn(one.detail, 'en'),
    uptime: uptime_percent === null ? null : `${Math.floor(uptime_percent * 100) / 100} %`,
    latency_ms: latency_ms === null ? null : Math.round(latency_ms),
    certificate_ends_at,
  }
}

const rounded = (figures: object) =>
  Object.fromEntries(
    Object.entries(figures).map(([key, value]) => [
      key,
      typeof value === 'number' ? Math.floor(value * 100) / 100 : value,
    ]),
  )

/** As many characters of a log as a line of a table has room for. */
const MAX_LOG = 60

function inTable(event: MonitorEvent) {
  const { log, ...shown } = eventOf(event)
  return { ...shown, log: log && log.trim().replaceAll(/\s+/g, ' ').slice(-MAX_LOG) }
}

function eventOf({ at, kind, detail, latency_ms, log }: MonitorEvent) {
  return { at, event: kind, why: detail && textIn(detail, 'en'), took_ms: latency_ms && Math.round(latency_ms), log }
}
