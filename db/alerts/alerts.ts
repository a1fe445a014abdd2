/** The alerts table as its readers see it; observe.ts moves what is in it. */
import type { Fragment, ISql, Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { pageOf, type Page, type PageRequest } from '../../lib/page.ts'
import type { alert_notifications, alerts } from './table.ts'

/** Told whenever an alert changes, a silence goes, or something is in the outbox. */
export const ALERTS_CHANGED = 'alerts_changed'

type Row = typeof alerts.$inferSelect

export interface AlertRow extends Omit<Row, 'successes' | 'changed_at' | 'turned_at'> {
  /** It lasts, and a silence keeps it from being told. */
  silenced: boolean
}
export type AlertState = Row['state']

export interface AlertFilters {
  state?: AlertState | undefined
  severity?: Row['severity'] | undefined
  /** A part of the subject, or of either name of the rule; case does not matter. */
  q?: string | undefined
  /** Or its other name. */
  rule?: Row['rule'] | NonNullable<Row['alias']> | undefined
  silenced?: boolean | undefined
  /** Fires, nobody has taken note of it, no silence holds it back, and it is no consequence of another. */
  needs_person?: boolean | undefined
}

/** The sort values of alerts. The time is text with all its digits, which a Date would cut to milliseconds. */
export type AlertKeyset = Record<'at' | 'id', string>
export type WorstKeyset = Record<'rank' | 'at' | 'id', string>

type Listed = AlertRow & { exact_at: string; rank: number }

/** Newest first. */
export async function listAlerts(
  sql: ISql,
  filters: AlertFilters,
  { limit, after }: PageRequest<AlertKeyset>,
): Promise<Page<AlertRow, AlertKeyset>> {
  const found = await sql<Listed[]>`
    select ${columns(sql)}, opened_at::text as exact_at, 0 as rank from alerts
    where ${fitting(sql, filters)}
      ${after ? sql`and (opened_at, id) < (${after.at}::text::timestamptz, ${after.id}::uuid)` : sql``}
    order by opened_at desc, id desc limit ${limit + 1}`
  const { rows, last } = pageOf(found, limit, ({ exact_at: at, id }) => ({ at, id }))
  return { rows: rows.map(asRow), last }
}

/** Worst first: before what is over what lasts, before what somebody has noted what nobody has, then by severity; the longest first. */
export async function listWorst(
  sql: ISql,
  filters: AlertFilters,
  { limit, after }: PageRequest<WorstKeyset>,
): Promise<Page<AlertRow, WorstKeyset>> {
  const rank = sql`(case state when 'resolved' then 8 else 0 end + case when acknowledged_at is null then 0 else 4 end
    + array_position(array['CRITICAL', 'ERROR', 'WARNING', 'INFO'], severity))`
  const found = await sql<Listed[]>`
    select ${columns(sql)}, opened_at::text as exact_at, ${rank} as rank from alerts
    where ${fitting(sql, filters)}
      ${after ? sql`and (${rank}, opened_at, id) > (${after.rank}::text::int, ${after.at}::text::timestamptz, ${after.id}::uuid)` : sql``}
    order by rank, opened_at, id limit ${limit + 1}`
  const { rows, last } = pageOf(found, limit, ({ rank, exact_at: at, id }) => ({ rank: String(rank), at, id }))
  return { rows: rows.map(asRow), last }
}

const asRow = ({ exact_at: _, rank: __, ...row }: Listed): AlertRow => row

const fitting = (sql: ISql, { state, severity, rule, q, silenced, needs_person }: AlertFilters): Fragment => sql`
  true
  ${state === undefined ? sql`` : sql`and state = ${state}`}
  ${severity === undefined ? sql`` : sql`and severity = ${severity}`}
  ${rule === undefined ? sql`` : sql`and (rule = ${rule} or alias = ${rule})`}
  ${q === undefined ? sql`` : sql`and strpos(lower(concat_ws(' ', subject, rule, alias)), lower(${q})) > 0`}
  ${silenced === undefined ? sql`` : sql`and (${isSilenced(sql)}) = ${silenced}`}
  ${needs_person === undefined ? sql`` : sql`and (${needsPerson(sql)}) = ${needs_person}`}`

const isSilenced = (sql: ISql): Fragment => sql`
  state <> 'resolved' and exists (select from silences s where ${isHeldBy(sql, sql`alerts`)})`

const needsPerson = (sql: ISql): Fragment => sql`
  state = 'firing' and acknowledged_at is null and caused_by is null and not (${isSilenced(sql)})`

/** Whether the silence `s` lasts and is for the alert of a row of `alerts`, under whatever name that stands in the query. */
export const isHeldBy = (sql: ISql, alerts: Fragment): Fragment => sql`
  now() >= s.starts_at and now() < s.ends_at and (s.rule is null or s.rule = ${alerts}.rule or s.rule = ${alerts}.alias)
  and (s.subject is null or s.subject = ${alerts}.subject)`

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
  acknowledged_at, acknowledged_by, acknowledged_note, caused_by, flapping_at, steady_at, (${isSilenced(sql)}) as silenced`
