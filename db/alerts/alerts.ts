/** The alerts table as its readers see it; observe.ts moves what is in it. */
import type { Fragment, ISql, Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { pageOf, type Page, type PageRequest } from '../../lib/page.ts'
import type { alert_notifications, alerts } from './table.ts'

/** Told whenever an alert changes, a silence goes, or something is in the outbox. */
export const ALERTS_CHANGED = 'alerts_changed'

type Row = typeof alerts.$inferSelect

export type AlertRow = Omit<Row, 'successes' | 'changed_at' | 'turned_at'>
export type AlertState = Row['state']

export interface AlertFilters {
  state?: AlertState | undefined
  severity?: Row['severity'] | undefined
  /** A part of the subject, or of either name of the rule; case does not matter. */
  q?: string | undefined
  /** Or its other name. */
  rule?: Row['rule'] | NonNullable<Row['alias']> | undefined
}

/** The sort values of alerts. The time is text with all its digits, which a Date would cut to milliseconds. */
export type AlertKeyset = Record<'at' | 'id', string>

/** Newest first. */
export async function listAlerts(
  sql: ISql,
  { state, severity, rule, q }: AlertFilters,
  { limit, after }: PageRequest<AlertKeyset>,
): Promise<Page<AlertRow, AlertKeyset>> {
  const found = await sql<Array<AlertRow & { exact_at: string }>>`
    select ${columns(sql)}, opened_at::text as exact_at from alerts
    where true
      ${state === undefined ? sql`` : sql`and state = ${state}`}
      ${severity === undefined ? sql`` : sql`and severity = ${severity}`}
      ${rule === undefined ? sql`` : sql`and (rule = ${rule} or alias = ${rule})`}
      ${q === undefined ? sql`` : sql`and strpos(lower(concat_ws(' ', subject, rule, alias)), lower(${q})) > 0`}
      ${after ? sql`and (opened_at, id) < (${after.at}::text::timestamptz, ${after.id}::uuid)` : sql``}
    order by opened_at desc, id desc limit ${limit + 1}`
  const { rows, last } = pageOf(found, limit, ({ exact_at: at, id }) => ({ at, id }))
  return { rows: rows.map(({ exact_at: _, ...row }) => row), last }
}

/** Throws AppError alert_not_found. */
export async function readAlert(sql: ISql, id: string): Promise<AlertRow> {
  const alert = await findAlert(sql, id)
  if (alert) return alert
  throw new AppError('not_found', 'alert_not_found', {
    en: `There is no alert ${id}.`,
    pt: `Não existe o alerta ${id}.`,
  })
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

/** The database's clock as `changedAlerts` takes it. */
export async function currentMicroseconds(sql: ISql): Promise<string> {
  const [row] = await sql<{ now: string }[]>`
    select (extract(epoch from clock_timestamp()) * 1000000)::bigint::text as now`
  return row!.now
}

/** Subjects that the rule has an open alert of. */
export async function openSubjects(sql: ISql, rule: Row['rule']): Promise<string[]> {
  const rows = await sql<{ subject: string }[]>`
    select subject from alerts where rule = ${rule} and state <> 'resolved'`
  return rows.map(({ subject }) => subject)
}

export type NotificationRow = Pick<
  typeof alert_notifications.$inferSelect,
  'channel' | 'kind' | 'created_at' | 'attempts' | 'sent_at' | 'dead_at' | 'last_error' | 'last_error_pt'
>

/** The notifications of an alert, in order. */
export function listNotifications(sql: ISql, alert_id: string): Promise<NotificationRow[]> {
  return sql<NotificationRow[]>`
    select channel, kind, created_at, attempts, sent_at, dead_at, last_error, last_error_pt
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
  acknowledged_at, acknowledged_by, acknowledged_note, caused_by, flapping_at, steady_at`
