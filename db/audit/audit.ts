/**
 * The audit: a row for each security event and each change that somebody makes, written in the transaction of the change where
 * there is one. It holds the actor, the action, its target and what changed where that is small, and never a password, a code
 * or a token.
 */
import type { Fragment, ISql, JSONValue, Sql } from 'postgres'
import { accountName } from '../../lib/account-name.ts'
import { pageOf, type Page, type PageRequest } from '../../lib/page.ts'
import type { audit } from './table.ts'

/** Everything that is audited; the list that a reviewer reads and that GET /audit filters by. */
export const AUDIT_ACTIONS = [
  'user.created',
  'user.role_changed',
  'user.disabled',
  'user.enabled',
  'user.unlocked',
  'user.email_changed',
  'password.changed',
  'password.reset',
  'service_password.renewed',
  'sign_in.succeeded',
  'sign_in.locked',
  'session.proved',
  'session.ended',
  'session.all_ended',
  'session.refresh_reused',
  'api_key.created',
  'api_key.deleted',
  'two_factor.enrolled',
  'two_factor.enabled',
  'two_factor.disabled',
  'two_factor.reset',
  'two_factor.recovery_code_used',
  'two_factor.recovery_codes_renewed',
  'job.triggered',
  'job.paused',
  'job.resumed',
  'job.backfilled',
  'job.forgotten',
  'job.queue_cancelled',
  'run.retried',
  'run.cancelled',
  'alert.acknowledged',
  'silence.created',
  'silence.ended',
  'packaging.created',
  'packaging.changed',
  'packaging.deleted',
  'packaging.restored',
  'packaging.imported',
  'chart.uploaded',
  'chart.deleted',
  'events.posted',
  'events.consumer_resumed',
  'people.consumer_resumed',
  'orders.filled',
  'orders.sent',
  'orders.retried_now',
  'dead_letters.noted',
  'orders.consumer_resumed',
  'dead_letters.purged',
  'dead_letters.restored',
  'dead_letters.edited',
  'dead_letters.edit_undone',
  'replay.started',
  'replay.paused',
  'replay.resumed',
  'replay.cancelled',
] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]

/** Notified with the action. */
export const AUDITED = 'audited'

export type AuditRow = typeof audit.$inferSelect

/** The user who acts, from which address and in which request. */
export type Actor = Pick<AuditRow, 'actor_id' | 'actor_name' | 'address' | 'request_id'> &
  Partial<Pick<AuditRow, 'api_key_id'>>

/** A person at this machine: no user of Doca, so known by the name of their account here. */
export function commandLineActor(): Actor {
  const actor_name = `${accountName()} on the command line`
  return { actor_id: null, actor_name, address: null, request_id: null }
}

export interface AuditEntry extends Partial<Actor> {
  action: AuditAction
  /** The name of what it happened to: a user, a job, the sku of an item, a file. */
  target?: string | null
  details?: Record<string, JSONValue>
}

/** Adds a row; hand it the transaction of the change. */
export async function recordAudit(sql: ISql, entry: AuditEntry): Promise<void> {
  const {
    actor_id = null,
    actor_name = null,
    api_key_id = null,
    target = null,
    address = null,
    request_id = null,
  } = entry
  await sql`
    insert into audit (id, actor_id, actor_name, api_key_id, action, target, address, request_id, details)
    values (${Bun.randomUUIDv7()}, ${actor_id}, ${actor_name}, ${api_key_id}, ${entry.action}, ${target}, ${address},
      ${request_id}, ${sql.json(entry.details ?? {})})
    returning pg_notify(${AUDITED}, action)`
}

/** One actor's part in a statement: the row that the statement has changed for them. */
export interface Act {
  row_id: string
  actor: Actor
}

/**
 * The insert of an audit row for each row of the CTE `changed` (with a column id), to be a CTE of the same statement: the change
 * and its row are there together or not at all, and in one round trip. A create takes 10 % longer for it, 40 µs.
 */
export function auditing(
  sql: ISql,
  action: AuditAction,
  acts: Act[],
  { changed, target, details }: Record<'changed' | 'target' | 'details', Fragment>,
): Fragment {
  const ids = acts.map(({ row_id }) => row_id)
  const rows = acts.map(({ actor }) => [
    Bun.randomUUIDv7(),
    actor.actor_id,
    actor.actor_name,
    actor.api_key_id ?? null,
    actor.address,
    actor.request_id,
  ])
  return sql`
    insert into audit (id, actor_id, actor_name, api_key_id, action, target, address, request_id, details)
    select act[nth][1]::uuid, act[nth][2]::uuid, act[nth][3], act[nth][4]::uuid, ${action}, ${target}, act[nth][5], act[nth][6],
      ${details}
    from (select *, array_position(${ids}::uuid[], id) as nth, ${rows}::text[] as act from ${changed}) changed
    returning pg_notify(${AUDITED}, action)`
}

/** The fields of two JSON objects that differ: {"before": {…}, "after": {…}}. */
export const differences = (sql: ISql, before: Fragment, after: Fragment): Fragment => sql`(
  select jsonb_build_object('before', jsonb_object_agg(key, b.value), 'after', jsonb_object_agg(key, a.value))
  from jsonb_each(${before}) b join jsonb_each(${after}) a using (key) where a.value <> b.value)`

export interface AuditFilters {
  action?: AuditAction | undefined
  /** A user's id, or their name in whatever case. */
  actor?: string | undefined
  /** As actor, for the name of whom it happened to. */
  target?: string | undefined
  /** From this time on. */
  from?: Date | undefined
  /** Up to, and without, this time. */
  to?: Date | undefined
}

/** The sort values of rows. The time is text with all its digits, which a Date would cut to milliseconds. */
export type AuditKeyset = Record<'at' | 'id', string>

/** Newest first. */
export async function listAudit(
  sql: Sql,
  filters: AuditFilters,
  { limit, after }: PageRequest<AuditKeyset>,
): Promise<Page<AuditRow, AuditKeyset>> {
  const rows = await sql<Array<AuditRow & { exact_at: string }>>`
    select id, at, actor_id, actor_name, api_key_id, action, target, address, request_id, details, at::text as exact_at
    from audit where ${matching(sql, filters)}
      ${after ? sql`and (at, id) < (${after.at}::text::timestamptz, ${after.id}::uuid)` : sql``}
    order by at desc, id desc limit ${limit + 1}`
  const { rows: page, last } = pageOf(rows, limit, ({ exact_at: at, id }) => ({ at, id }))
  return { rows: page.map(({ exact_at: _, ...row }) => row), last }
}

/** All of them, newest first, in batches. */
export function exportAudit(sql: Sql, filters: AuditFilters, batch: number): AsyncIterable<AuditRow[]> {
  return sql<AuditRow[]>`
    select id, at, actor_id, actor_name, api_key_id, action, target, address, request_id, details
    from audit where ${matching(sql, filters)} order by at desc, id desc`.cursor(batch)
}

/** Deletes at most `limit` rows older than `days`; how many. */
export async function deleteOldAudit(sql: Sql, days: number, limit: number): Promise<number> {
  const { count } = await sql`
    delete from audit where id in (
      select id from audit where at < now() - make_interval(days => ${days}) order by at, id limit ${limit}
    )`
  return count
}

function matching(sql: Sql, { action, actor, target, from, to }: AuditFilters): Fragment {
  return sql`true
    ${action === undefined ? sql`` : sql`and action = ${action}`}
    ${actor === undefined ? sql`` : sql`and (actor_id::text = lower(${actor}) or lower(actor_name) = lower(${actor}))`}
    ${target === undefined ? sql`` : sql`and lower(target) = lower(${target})`}
    ${from === undefined ? sql`` : sql`and at >= ${from}`}
    ${to === undefined ? sql`` : sql`and at < ${to}`}`
}
