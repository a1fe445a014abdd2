/**
 * The audit: one row per security event, written in the transaction of what it tells of where there is one. It holds
 * who, what, whom and from where, and never a password, a code or a token.
 */
import type { Fragment, ISql, Sql } from 'postgres'

/** Everything that is audited; the list that a reviewer reads and that GET /audit filters by. */
export const AUDIT_ACTIONS = [
  'user.created',
  'user.role_changed',
  'user.disabled',
  'user.enabled',
  'user.unlocked',
  'password.changed',
  'password.reset',
  'service_password.renewed',
  'sign_in.succeeded',
  'sign_in.locked',
  'session.ended',
  'session.all_ended',
  'session.refresh_reused',
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
  'run.retried',
  'run.cancelled',
  'alert.acknowledged',
  'silence.created',
  'silence.ended',
] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]

/** Who acts, and from where: see api/http/actor.ts for that of a request. */
export interface Actor {
  actor_id: string | null
  actor_name: string | null
  address: string | null
  request_id: string | null
}

export interface AuditEntry extends Partial<Actor> {
  action: AuditAction
  /** The name of the user or the job it happened to. */
  target?: string | null
  details?: Record<string, string | number | boolean | null>
}

export interface AuditRow extends Actor {
  id: string
  at: string
  action: string
  target: string | null
  details: Record<string, unknown>
}

/** Adds a row; hand it the transaction of the change that it tells of. */
export async function recordAudit(sql: ISql, entry: AuditEntry): Promise<void> {
  const { actor_id = null, actor_name = null, target = null, address = null, request_id = null } = entry
  await sql`
    insert into audit (id, actor_id, actor_name, action, target, address, request_id, details)
    values (${Bun.randomUUIDv7()}, ${actor_id}, ${actor_name}, ${entry.action}, ${target}, ${address}, ${request_id},
      ${sql.json(entry.details ?? {})})`
}

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

/** A page of rows, newest first, and the place of its last one when more follow. */
export async function listAudit(
  sql: Sql,
  filters: AuditFilters,
  { limit, after }: { limit: number; after?: { at: string; id: string } | undefined },
): Promise<{ items: AuditRow[]; last: { at: string; id: string } | undefined }> {
  // The cursor's time goes through text: postgres.js would cut it to milliseconds.
  const rest = after ? sql`and (at, id) < (${after.at}::text::timestamptz, ${after.id}::uuid)` : sql``
  const rows = await sql<(AuditRow & { place: string })[]>`
    select id, at, actor_id, actor_name, action, target, address, request_id, details, at::text as place
    from audit where ${matching(sql, filters)} ${rest} order by at desc, id desc limit ${limit + 1}`
  const items = rows.slice(0, limit).map(({ place: _, ...row }) => row)
  const end = rows.length > limit ? rows[limit - 1] : undefined
  return { items, last: end && { at: end.place, id: end.id } }
}

function matching(sql: Sql, { action, actor, target, from, to }: AuditFilters): Fragment {
  return sql`true
    ${action === undefined ? sql`` : sql`and action = ${action}`}
    ${actor === undefined ? sql`` : sql`and (actor_id::text = lower(${actor}) or lower(actor_name) = lower(${actor}))`}
    ${target === undefined ? sql`` : sql`and lower(target) = lower(${target})`}
    ${from === undefined ? sql`` : sql`and at >= ${from}`}
    ${to === undefined ? sql`` : sql`and at < ${to}`}`
}
