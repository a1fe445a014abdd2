/**
 * The outbox of e-mails to users about changes of their account. A notice is written in the transaction of the change and
 * claimed by the jobs program for the length of a lease; how the delivery went is written under the number of its attempt. One
 * whose claimer died is claimed again: each is delivered at least once, for as long as it is news.
 */
import type { ISql, Sql } from 'postgres'
import { recordAudit, type Actor } from '../audit/audit.ts'
import type { NOTICE_ACTIONS, user_notices, users } from './table.ts'

export type NoticeAction = (typeof NOTICE_ACTIONS)[number]

/** The channel on which new notices are announced. */
export const NOTICES_WRITTEN = 'user_notices'

/** A mail server that is away for longer, or was not configured, is not caught up with. */
const GIVE_UP_S = 24 * 3600

/** Audits a change of an account, and tells its user where they have an address: before the address itself changes. */
export async function recordAccountChange(
  tx: ISql,
  { id, username }: { id: string; username: string },
  actor: Actor,
  action: NoticeAction,
  details: Record<string, string | number> = {},
): Promise<void> {
  await recordAudit(tx, { ...actor, action, target: username, details })
  await tx`
    with written as (
      insert into user_notices (user_id, email, action, details, actor_name, address)
      select id, email, ${action}, ${tx.json(details)}, ${actor.actor_name}, ${actor.address}
      from users where id = ${id} and email is not null
      returning id
    )
    select pg_notify(${NOTICES_WRITTEN}, '') from written`
}

type Row = typeof user_notices.$inferSelect

export interface Notice
  extends
    Pick<Row, 'id' | 'attempts' | 'email' | 'action' | 'details' | 'actor_name' | 'address' | 'created_at'>,
    Pick<typeof users.$inferSelect, 'username'> {}

/** The next notice that may be tried; null when there is none. */
export async function claimNotice(sql: ISql, lease_s: number): Promise<Notice | null> {
  const [row] = await sql<Notice[]>`
    with next as (
      select id from user_notices where ${isDue(sql)} and available_at <= now()
      order by available_at, id limit 1 for update skip locked
    )
    update user_notices n set attempts = n.attempts + 1, available_at = now() + make_interval(secs => ${lease_s})
    from next, users u where n.id = next.id and u.id = n.user_id
    returning n.id, n.attempts, n.email, n.action, n.details, n.actor_name, n.address, n.created_at, u.username`
  return row ?? null
}

/** Milliseconds until a notice may be tried; null when none waits. */
export async function waitOfNotices(sql: ISql): Promise<number | null> {
  const [row] = await sql<{ wait_ms: number | null }[]>`
    select ceil(extract(epoch from min(available_at) - now()) * 1000)::float8 as wait_ms
    from user_notices where ${isDue(sql)}`
  return row!.wait_ms
}

const isDue = (sql: ISql) => sql`sent_at is null and created_at > now() - make_interval(secs => ${GIVE_UP_S})`

export async function noticeSent(sql: ISql, { id, attempts }: Notice): Promise<void> {
  await sql`update user_notices set sent_at = now(), last_error = null where id = ${id} and attempts = ${attempts}`
}

export async function noticeFailed(
  sql: ISql,
  { id, attempts }: Notice,
  { error, retry_in_s }: { error: string; retry_in_s: number },
): Promise<void> {
  await sql`
    update user_notices set last_error = ${error}, available_at = now() + make_interval(secs => ${retry_in_s})
    where id = ${id} and attempts = ${attempts}`
}

/** Deletes at most `limit` older than `days`, sent or not; how many. */
export async function deleteOldNotices(sql: Sql, days: number, limit: number): Promise<number> {
  const { count } = await sql`
    delete from user_notices where id in (
      select id from user_notices where created_at < now() - make_interval(days => ${days})
      order by created_at limit ${limit} for update skip locked
    )`
  return count
}

/** After the database's clock has gone back: nothing waits until it is that late again. */
export async function withdrawAheadNotices(sql: ISql): Promise<void> {
  await sql`
    update user_notices set available_at = least(available_at, now()), created_at = least(created_at, now())
    where sent_at is null and greatest(available_at, created_at) > now()`
}
