/** The alerts table as its readers see it; observe.ts moves what is in it. */
import type { Fragment, ISql, Sql } from 'postgres'
import type { Text } from '../../lib/texts.ts'
import type { Alias, RuleName, Severity } from './rules.ts'
import type { ALERT_STATES, NOTIFICATION_KINDS } from './table.ts'

/** Told whenever an alert changes, a silence goes, or something is in the outbox. */
export const ALERTS_CHANGED = 'alerts_changed'

export type AlertState = (typeof ALERT_STATES)[number]

export interface AlertRow {
  id: string
  rule: RuleName
  alias: Alias | null
  subject: string
  severity: Severity
  state: AlertState
  failures: number
  detail: Text
  opened_at: Date
  last_failed_at: Date
  fired_at: Date | null
  resolved_at: Date | null
  acknowledged_at: Date | null
  acknowledged_by: string | null
}

export interface AlertFilters {
  state?: AlertState | undefined
  severity?: Severity | undefined
  /** Also by the name that people from elsewhere know it by. */
  rule?: RuleName | Alias | undefined
}

/** Times as text with all their digits, which a Date would cut: the place of a row in a list, and in the live stream. */
interface Place {
  at: string
  id: string
}

/** Newest first; each with its place. */
export function listAlerts(
  sql: ISql,
  { state, severity, rule }: AlertFilters,
  { limit, after }: { limit: number; after?: Place | undefined },
): Promise<Array<AlertRow & { place: string }>> {
  return sql<Array<AlertRow & { place: string }>>`
    select ${columns(sql)}, opened_at::text as place from alerts
    where true
      ${state === undefined ? sql`` : sql`and state = ${state}`}
      ${severity === undefined ? sql`` : sql`and severity = ${severity}`}
      ${rule === undefined ? sql`` : sql`and (rule = ${rule} or alias = ${rule})`}
      ${after ? sql`and (opened_at, id) < (${after.at}::text::timestamptz, ${after.id}::uuid)` : sql``}
    order by opened_at desc, id desc limit ${limit}`
}

export async function findAlert(sql: ISql, id: string): Promise<AlertRow | null> {
  const [row] = await sql<AlertRow[]>`select ${columns(sql)} from alerts where id = ${id}`
  return row ?? null
}

/** Alerts that have fired and changed since `after` (microseconds since 1970), each with when; without it, those that fire now. */
export function changedAlerts(
  sql: ISql,
  after: string | null,
  limit: number,
): Promise<Array<AlertRow & { changed: string }>> {
  return sql<Array<AlertRow & { changed: string }>>`
    select ${columns(sql)}, (extract(epoch from changed_at) * 1000000)::bigint::text as changed from alerts
    where ${
      after === null
        ? sql`state = 'firing'`
        : sql`state <> 'pending' and changed_at > 'epoch'::timestamptz + ${after}::text::bigint * interval '1 microsecond'`
    }
    order by changed_at limit ${limit}`
}

/** What changes from now on comes after this place. */
export async function currentPlace(sql: ISql): Promise<string> {
  const [row] = await sql<{ place: string }[]>`
    select (extract(epoch from clock_timestamp()) * 1000000)::bigint::text as place`
  return row!.place
}

/** Stops its reminders; the first to say so is kept. False when it has not fired, or is not there. */
export async function acknowledgeAlert(sql: ISql, id: string, by: string): Promise<{ fresh: boolean } | null> {
  const [row] = await sql<{ fresh: boolean }[]>`
    with fresh as (
      update alerts set acknowledged_at = now(), acknowledged_by = ${by}, changed_at = clock_timestamp()
      where id = ${id} and acknowledged_at is null and state <> 'pending'
      returning id, pg_notify(${ALERTS_CHANGED}, '')
    ), reminders as (
      delete from alert_notifications n using fresh
      where n.alert_id = fresh.id and n.kind = 'reminder' and n.attempts = 0 and n.sent_at is null
    )
    select exists (select from fresh) as fresh from alerts where id = ${id} and state <> 'pending'`
  return row ?? null
}

export interface NotificationRow {
  channel: string
  kind: (typeof NOTIFICATION_KINDS)[number]
  created_at: Date
  attempts: number
  sent_at: Date | null
  /** Given up then. */
  dead_at: Date | null
  last_error: string | null
}

/** What was told of an alert, and what could not be, in order. */
export function listNotifications(sql: ISql, alert_id: string): Promise<NotificationRow[]> {
  return sql<NotificationRow[]>`
    select channel, kind, created_at, attempts, sent_at, dead_at, last_error
    from alert_notifications where alert_id = ${alert_id} order by id limit 1000`
}

/**
 * Deletes at most `limit` alerts that were over more than `days` ago, with their notifications; how many. One with a
 * notification still on its way stays.
 */
export async function deleteOldAlerts(sql: Sql, days: number, limit: number): Promise<number> {
  const { count } = await sql`
    delete from alerts where id in (
      select id from alerts where state = 'resolved' and resolved_at < now() - make_interval(days => ${days})
        and not exists (
          select from alert_notifications n where n.alert_id = alerts.id and n.sent_at is null and n.dead_at is null)
      limit ${limit} for update skip locked
    )`
  return count
}

const columns = (sql: ISql): Fragment => sql`
  id, rule, alias, subject, severity, state, failures, detail, opened_at, last_failed_at, fired_at, resolved_at,
  acknowledged_at, acknowledged_by`
