/**
 * Outages of the database, as its replicas saw them, recorded when it is back.
 *
 * Replicas cannot agree while it is away, so an outage has the id that any of them would give it: made from the outage
 * recorded before it, which all of them read while the database answered. Their records then meet in one row.
 */
import type { Sql } from 'postgres'
import { openAlone } from '../engines/postgres/open-alone.ts'
import type { Translated } from '../../lib/texts.ts'
import { readRuleChanges, settingsOf } from './settings.ts'
import { tryWrite } from '../monitoring/write-check.ts'
import { ALERTS_CHANGED } from './alerts.ts'
import { withDeadline } from '../../lib/retry.ts'

const RULE = 'DB_CONNECTION_LOST'
export const DATABASE = 'database'
const NAMESPACE = '6d5c2b1e-5a0f-4c8e-9b0a-6f1c1d0c7a11'
const ANSWER_MS = 5_000

export interface Outage {
  id: string
  opened_at: Date
  fired_at: Date
  detail: Translated
  failures: number
  /** This replica's channels, and when each took the message; null: not told yet. */
  told: Record<string, Date | null>
  /** Outages that began within the time in which its rule counts them, with this one. */
  nth: number
  /** Its id is unknown to other replicas: this one met the outage without ever having seen the database. */
  alone?: true
}

/** Facts that a replica must know before the outage. */
export interface Beforehand {
  /** Of the next outage. */
  next_id: string
  /** The outage that was recorded last, and how long ago it ended. */
  last: { id: string; ended_ago_ms: number } | null
  /** When an outage is not to be told. */
  silences: Array<{ from: Date; to: Date }>
  /** Outages that have begun within the time in which its rule counts them. */
  recent: number
}

export interface DatabaseWatch {
  /** Throws when the database does not answer in time, or takes no writes. null: it answers, but has no tables yet. */
  check(): Promise<Beforehand | null>
  record(outage: Outage): Promise<void>
  end(): Promise<void>
}

/** On a connection of its own, which neither waits behind other statements nor outlives a call that hangs. */
export function openDatabaseWatch(url: string): DatabaseWatch {
  const connect = () => openAlone(url, 'doca watch', { connect_timeout_s: ANSWER_MS / 1000 })
  let sql = connect()
  let checks = 0
  let refusing = false

  async function call<T>(ask: (sql: Sql) => Promise<T>): Promise<T> {
    try {
      return await withDeadline(ask(sql), ANSWER_MS)
    } catch (thrown) {
      const stuck = sql
      sql = connect()
      void stuck.end({ timeout: 0 }).catch(() => {})
      throw thrown
    }
  }

  return {
    check: () =>
      call(async (on) => {
        try {
          const known = await beforehand(on)
          // While it fails, each time: between two failures it has not succeeded.
          if (refusing || checks++ % CHECKS_A_WRITE === 0) {
            refusing = true
            await tryWrite(on)
            refusing = false
          }
          return known
        } catch (thrown) {
          if ((thrown as { code?: string }).code === UNDEFINED_TABLE) return null
          throw thrown
        }
      }),
    record: (outage) => call((on) => recordOutage(on, outage)),
    end: () => sql.end({ timeout: 0 }),
  }
}

/** Reads are cheaper, and most of what goes wrong fails them, too. */
const CHECKS_A_WRITE = 3
const UNDEFINED_TABLE = '42P01'

async function beforehand(sql: Sql): Promise<Beforehand> {
  const { flapping } = settingsOf(await readRuleChanges(sql), { rule: RULE, subject: DATABASE })
  const [row] = await sql<
    { last: Beforehand['last']; silences: Array<{ from: string; to: string }>; recent: number }[]
  >`
    select (select json_build_object('id', id, 'ended_ago_ms',
        extract(epoch from clock_timestamp() - coalesce(resolved_at, clock_timestamp())) * 1000)
        from alerts where rule = ${RULE} order by opened_at desc, id desc limit 1) as last,
      (select coalesce(json_agg(json_build_object('from', starts_at, 'to', ends_at)), '[]') from silences
        where ends_at > now() and (rule is null or rule = ${RULE}) and (subject is null or subject = ${DATABASE}))
        as silences,
      (select count(*)::int from alerts where rule = ${RULE}
        and opened_at > now() - make_interval(secs => ${flapping?.within_s ?? 0})) as recent`
  return {
    next_id: Bun.randomUUIDv5(row!.last?.id ?? 'the first', NAMESPACE),
    last: row!.last,
    recent: row!.recent,
    silences: row!.silences.map(({ from, to }) => ({ from: new Date(from), to: new Date(to) })),
  }
}

/**
 * The id of an outage that a replica met without ever having seen the database: that of the other replicas, which may have
 * recorded it before or do so later. It is the last recorded one if that ended after this began, else the next.
 */
export function sharedId({ next_id, last }: Pick<Beforehand, 'next_id' | 'last'>, { opened_at }: Outage): string {
  return last && last.ended_ago_ms <= Date.now() - opened_at.getTime() ? last.id : next_id
}

/**
 * Records an outage that is over, with the notifications that were sent, and writes its end for the same channels. Doing it
 * again, here or in another replica, adds only what is new.
 */
export async function recordOutage(sql: Sql, outage: Outage): Promise<void> {
  const { id, opened_at, fired_at, detail, failures, told } = outage
  const channels = Object.entries(told).map(([channel, sent_at]) => ({ channel, sent_at }))
  await sql.begin(async (tx) => {
    const { severity } = settingsOf(await readRuleChanges(tx), { rule: RULE, subject: DATABASE })
    await tx`
      insert into alerts (id, rule, subject, severity, state, failures, detail, opened_at, fired_at, resolved_at)
      values (${id}, ${RULE}, ${DATABASE}, ${severity}, 'resolved', ${failures},
        ${tx.json(detail as never)}, ${opened_at}, ${fired_at}, greatest(now(), ${fired_at}))
      on conflict (id) do update set opened_at = least(alerts.opened_at, excluded.opened_at),
        fired_at = least(alerts.fired_at, excluded.fired_at), changed_at = clock_timestamp()`
    await tx`
      insert into alert_notifications (alert_id, channel, kind, detail, sent_at, attempts)
      select ${id}, channel, 'firing', ${tx.json(detail as never)}, sent_at, (sent_at is not null)::int
      from jsonb_to_recordset(${tx.json(channels as never)}) as c(channel text, sent_at timestamptz)
      on conflict (alert_id, channel, kind, number) do update
        set sent_at = excluded.sent_at where alert_notifications.sent_at is null and excluded.sent_at is not null`
    await tx`
      insert into alert_notifications (alert_id, channel, kind, detail)
      select ${id}, channel, 'resolved', ${tx.json(detail as never)}
      from jsonb_to_recordset(${tx.json(channels as never)}) as c(channel text)
      on conflict (alert_id, channel, kind, number) do nothing`
    await tx`select pg_notify(${ALERTS_CHANGED}, '')`
  })
}
