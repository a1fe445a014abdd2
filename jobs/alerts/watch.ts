/**
 * Watches the database from every replica, by a timer: what is down cannot run a job, and has no outbox. After a few
 * failures the alert goes straight to the channels; a file keeps what was told, and when the database is back the outage
 * is recorded there, with its end to tell. Every step may be done again, so a kill between two costs at most a message
 * that comes twice.
 */
import { hostname } from 'node:os'
import { RULES } from '../../db/alerts/rules.ts'
import {
  DATABASE,
  sharedId,
  type Beforehand,
  type DatabaseWatch,
  type Outage,
} from '../../db/alerts/database-outage.ts'
import { backoffDelay, sleep } from '../../lib/retry.ts'
import { messageOf } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import type { Locale } from '../../lib/texts.ts'
import { ChannelError, withoutSecrets, type Channel, type Message } from './channel.ts'
import { sendWithin } from './deliver.ts'
import type { OutageFiles } from './outage-file.ts'

const { failures: FAILURES, remind_s: REMIND_S, severity: SEVERITY } = RULES.DB_CONNECTION_LOST
const FIRST_DELAY_MS = 1_000
const MAX_DELAY_MS = 60_000

export interface WatchParts {
  database: DatabaseWatch
  channels: Channel[]
  files: OutageFiles
  check_s: number
  /** What no message may show. */
  secrets: string[]
  log: Log
  locale: Locale
}

export interface Watch {
  stop(): Promise<void>
}

export function startWatch({ database, channels, files, check_s, secrets, log, locale }: WatchParts): Watch {
  const stopping = new AbortController()
  // Until the database has been seen, or a file tells what an earlier life of this program saw.
  let known: Pick<Beforehand, 'next_id' | 'silences'> & { alone?: true } = {
    next_id: Bun.randomUUIDv7(),
    silences: [],
    alone: true,
  }
  let failing: { since: Date; times: number } | undefined
  let outage: { state: Outage; over: AbortController; telling: Promise<unknown> } | undefined

  const done = (async () => {
    const next_id = await files.recallNext()
    if (next_id) known = { silences: [], next_id }
    while (!stopping.signal.aborted) {
      await check().catch((err) => log.error({ err }, 'the watch over the database failed'))
      await sleep(check_s * 1000, stopping.signal)
    }
  })()

  async function check(): Promise<void> {
    let seen: Beforehand | null
    try {
      seen = await database.look()
    } catch (thrown) {
      return failed(thrown)
    }
    failing = undefined
    const recorded = Boolean(outage)
    if (outage) await end(outage, seen)
    if (seen === null) return
    outage = undefined
    // What was recorded just now is what the next outage is named after.
    if ((await recordLeft(seen)) || recorded) seen = (await database.look().catch(() => null)) ?? seen
    if (seen.next_id !== known.next_id) await files.rememberNext(seen.next_id).catch(() => {})
    known = seen
  }

  async function failed(thrown: unknown): Promise<void> {
    if (stopping.signal.aborted) return
    failing ??= { since: new Date(), times: 0 }
    failing.times++
    const reason = withoutSecrets(messageOf(thrown), secrets)
    log.warn({ times: failing.times, reason }, 'the database does not answer')
    if (outage) return
    // Begun by an earlier life of this program, or by its neighbour on this machine.
    const [begun] = await files.all()
    if (begun) outage = begin(begun)
    else if (failing.times >= FAILURES) {
      const state = newOutage(failing, reason)
      // A disk that takes no file must not keep anybody from being told.
      await keep(state)
      outage = begin(state)
    }
  }

  const newOutage = ({ since, times }: NonNullable<typeof failing>, reason: string): Outage => ({
    id: known.next_id,
    opened_at: since,
    fired_at: new Date(),
    detail: {
      en: `${hostname()} cannot reach the database: ${reason}`,
      pt: `${hostname()} não alcança o banco de dados: ${reason}`,
    },
    failures: times,
    told: {},
    ...(known.alone && { alone: true }),
  })

  const keep = (state: Outage) =>
    files.write(state).catch((err) => log.error({ err }, 'the outage of the database cannot be kept in a file'))

  /** Starts to tell it on every channel, each on its own. */
  function begin(state: Outage) {
    const over = new AbortController()
    const until = AbortSignal.any([over.signal, stopping.signal])
    return { state, over, telling: Promise.all(channels.map((channel) => tell(channel, state, until))) }
  }

  async function tell(channel: Channel, state: Outage, until: AbortSignal): Promise<void> {
    for (let tries = 0; !until.aborted;) {
      const silence = known.silences.find(({ from, to }) => from.getTime() <= Date.now() && Date.now() < to.getTime())
      const last = state.told[channel.name]
      const due_ms = last ? last.getTime() + REMIND_S * 1000 : 0
      if (silence || due_ms > Date.now()) {
        await sleep(Math.min(60_000, Math.max(silence?.to.getTime() ?? 0, due_ms) - Date.now()), until)
        continue
      }
      try {
        await sendWithin(channel, messageFor(channel, state, last ? 'reminder' : 'firing'), until)
      } catch (thrown) {
        // A channel that is not told yet is told by the outbox when the database is back.
        state.told[channel.name] ??= null
        if (until.aborted) return
        log.warn({ channel: channel.name, error: messageOf(thrown) }, 'the outage of the database was not told yet')
        const asked_s = thrown instanceof ChannelError ? (thrown.retry_after_s ?? 0) : 0
        await sleep(Math.max(backoffDelay(tries++, FIRST_DELAY_MS, MAX_DELAY_MS), asked_s * 1000), until)
        continue
      }
      tries = 0
      state.told[channel.name] = new Date()
      await keep(state)
      log.info({ channel: channel.name }, 'the outage of the database was told')
    }
  }

  function messageFor({ name }: Channel, state: Outage, kind: 'firing' | 'reminder'): Message {
    const { id, opened_at, fired_at, detail, failures } = state
    return {
      // The same from every replica, and from the outbox's point of view: one incident, one channel.
      id: `${id}-${name}-${kind}`,
      kind,
      rule: 'DB_CONNECTION_LOST',
      alias: null,
      subject: DATABASE,
      severity: SEVERITY,
      detail,
      alert_id: id,
      failures,
      opened_at,
      fired_at,
      resolved_at: null,
      locale,
    }
  }

  /** Throws while the database answers and does not take it; the next check tries again. */
  async function end({ state, over, telling }: NonNullable<typeof outage>, seen: Beforehand | null): Promise<void> {
    over.abort()
    await telling
    await record(state, seen)
    log.info({ alert_id: state.id }, 'the database answers again; its outage is recorded')
  }

  /** Whether there was any. */
  async function recordLeft(seen: Beforehand): Promise<boolean> {
    const left = await files.all()
    for (const state of left) await record(state, seen)
    return left.length > 0
  }

  async function record(state: Outage, seen: Beforehand | null): Promise<void> {
    await database.record(state.alone && seen ? { ...state, id: sharedId(seen, state) } : state)
    await files.remove(state.id)
  }

  return {
    async stop() {
      stopping.abort()
      // Also a call that hangs ends with it.
      await database.end()
      await Promise.all([done, outage?.telling])
    },
  }
}
