/**
 * How notifications leave the outbox. A claim hides one for the length of a lease and counts an attempt; how the
 * attempt went is written under its number. A replica that dies in between leaves a notification that is claimed again
 * when the lease is over: each is delivered at least once, and a receiver can tell a repetition by the notification's id.
 *
 * Where people read, a crowd of notifications becomes one message: the first goes at once; those of the same rule and kind
 * that follow within the channel's `group_s` wait until that is over, and are claimed as one group.
 *
 * Of one alert and channel they go in order: one waits until those before it were sent or given up. A `resolved` follows
 * its `firing` even when that was given up, for what was given up may have arrived, and it says itself what is over.
 */
import type { ISql } from 'postgres'
import type { Translated } from '../../lib/texts.ts'
import type { alert_notifications, alerts } from './table.ts'

export interface ClaimedNotification
  extends
    Pick<typeof alert_notifications.$inferSelect, 'id' | 'attempts' | 'kind' | 'channel' | 'detail' | 'alert_id'>,
    Pick<
      typeof alerts.$inferSelect,
      | 'rule'
      | 'alias'
      | 'subject'
      | 'severity'
      | 'failures'
      | 'opened_at'
      | 'resolved_at'
      | 'acknowledged_by'
      | 'flapping_at'
    > {
  fired_at: Date
}

export interface ClaimTerms {
  lease_s: number
  /** Notifications of one rule and kind within so long go together; 0: each by itself. */
  group_s: number
}

/** In one message. */
const MAX_GROUP = 200
/** One that the receiver refuses must not hold back the others of its group: so often each is tried alone. */
const ALONE_EVERY = 4
/** Nobody waits longer for something critical. */
const CRITICAL_GROUP_S = 3

/**
 * The next notification that may be tried on `channel`, with those that go together with it; none when there is none, or
 * somebody else just took it.
 */
export async function claimNotifications(
  sql: ISql,
  channel: string,
  { lease_s, group_s }: ClaimTerms,
): Promise<ClaimedNotification[]> {
  const alone = (n: ReturnType<ISql>) => sql`${n}.attempts % ${ALONE_EVERY}::int = ${ALONE_EVERY - 1}::int`
  const rows = await sql<ClaimedNotification[]>`
    with next as (
      select n.id, n.kind, a.rule, a.alias, ${alone(sql`n`)} as alone
      from alert_notifications n join alerts a on a.id = n.alert_id
      where n.channel = ${channel} and n.available_at <= now() and ${isNext(sql)}
        and ${waitsUntil(sql, sql`${group_s}::float8`)} <= now()
      order by n.available_at, n.id limit 1
      for no key update of n skip locked
    ), others as (
      select n.id
      from next join alert_notifications n on n.channel = ${channel} and n.kind = next.kind and n.id <> next.id
      join alerts a on a.id = n.alert_id and a.rule = next.rule and a.alias is not distinct from next.alias
      where ${group_s}::float8 > 0 and not next.alone and not ${alone(sql`n`)} and n.available_at <= now()
        and ${isNext(sql)}
      order by n.available_at, n.id limit ${MAX_GROUP - 1}
      for no key update of n skip locked
    ), held as (
      select id from next union all select id from others
    )
    update alert_notifications n
    set attempts = n.attempts + 1, available_at = now() + make_interval(secs => ${lease_s})
    from held, alerts a where n.id = held.id and a.id = n.alert_id
    returning n.id, n.attempts, n.kind, n.channel, n.detail, n.alert_id, a.rule, a.alias, a.subject, a.severity,
      a.failures, a.opened_at, a.fired_at, a.resolved_at, a.acknowledged_by, a.flapping_at`
  return rows.toSorted((a, b) => a.id - b.id)
}

/** Milliseconds until a notification of each of these channels may be tried; those that have none are left out. */
export async function waitOfChannels(
  sql: ISql,
  channels: Array<{ name: string; group_s: number }>,
): Promise<Map<string, number>> {
  const rows = await sql<{ channel: string; wait_ms: number }[]>`
    select n.channel,
      ceil(extract(epoch from min(greatest(n.available_at, ${waitsUntil(sql, sql`c.group_s`)})) - now()) * 1000)::float8
        as wait_ms
    from jsonb_to_recordset(${sql.json(channels.map(({ name, group_s }) => ({ name, group_s })))})
      as c(name text, group_s float8)
    join alert_notifications n on n.channel = c.name join alerts a on a.id = n.alert_id
    where ${isNext(sql)} group by n.channel`
  return new Map(rows.map(({ channel, wait_ms }) => [channel, wait_ms]))
}

/** Until when `n`, of the alert `a`, waits for others to go with it; minus infinity where nothing like it was just sent. */
const waitsUntil = (sql: ISql, group_s: ReturnType<ISql>) => {
  const wait = sql`make_interval(secs => case a.severity when 'CRITICAL' then least(${group_s}, ${CRITICAL_GROUP_S}) else ${group_s} end)`
  return sql`coalesce((
    select max(m.sent_at) from alert_notifications m join alerts b on b.id = m.alert_id
    where m.channel = n.channel and m.sent_at > now() - ${wait} and m.kind = n.kind and b.rule = a.rule
  ) + ${wait}, '-infinity')`
}

const isNext = (sql: ISql) => sql`n.sent_at is null and n.dead_at is null and not exists (
  select from alert_notifications earlier
  where earlier.alert_id = n.alert_id and earlier.channel = n.channel and earlier.id < n.id
    and earlier.sent_at is null and earlier.dead_at is null)`

type Held = Pick<ClaimedNotification, 'id' | 'attempts'>

/** Those whose lease was over, so that somebody else may try them now, stay as they are. */
export async function notificationsSent(sql: ISql, held: Held[]): Promise<void> {
  await sql`
    update alert_notifications n set sent_at = now(), last_error = null, last_error_pt = null
    from ${heldBy(sql, held)} where n.id = held.id and n.attempts = held.attempts and n.sent_at is null`
}

/** Puts them back for a later try, or gives up those of which that would be more than `give_up_s` after they were written. */
export async function notificationsFailed(
  sql: ISql,
  held: Held[],
  { error, retry_in_s, give_up_s }: { error: Translated; retry_in_s: number; give_up_s: number },
): Promise<{ dead: number }> {
  const rows = await sql<{ dead: boolean }[]>`
    update alert_notifications n set last_error = ${error.en}, last_error_pt = ${error.pt},
      available_at = now() + make_interval(secs => ${retry_in_s}),
      -- One that waited its turn for long is tried a few times all the same.
      dead_at = case when n.attempts >= 5 and now() + make_interval(secs => ${retry_in_s}) >
        created_at + make_interval(secs => ${give_up_s}) then now() end
    from ${heldBy(sql, held)} where n.id = held.id and n.attempts = held.attempts and n.sent_at is null
    returning dead_at is not null as dead`
  return { dead: rows.filter(({ dead }) => dead).length }
}

/** Hands back what was claimed and not tried. */
export async function releaseNotifications(sql: ISql, held: Held[]): Promise<void> {
  await sql`
    update alert_notifications n set available_at = now()
    from ${heldBy(sql, held)} where n.id = held.id and n.attempts = held.attempts`
}

const heldBy = (sql: ISql, held: Held[]) =>
  sql`unnest(${held.map(({ id }) => id)}::bigint[], ${held.map(({ attempts }) => attempts)}::int[]) as held(id, attempts)`

/** Nothing that is due on the channel is tried before that time. */
export async function pauseChannel(sql: ISql, channel: string, pause_s: number): Promise<void> {
  await sql`
    update alert_notifications set available_at = now() + make_interval(secs => ${pause_s})
    where channel = ${channel} and sent_at is null and dead_at is null and available_at <= now()`
}

/**
 * After the database's clock has gone back: what was written ahead of it is told, reminded of and silenced from now on, not from
 * when it is that late again. What is being sent just now may be sent twice.
 */
export async function withdrawAheadAlerts(sql: ISql): Promise<void> {
  await sql`
    update alert_notifications set created_at = least(created_at, now()), sent_at = case when sent_at > now() then now() else sent_at end,
      available_at = least(available_at, now())
    where greatest(created_at, sent_at) > now() or (sent_at is null and dead_at is null and available_at > now())`
  await sql`
    update silences set created_at = now(), starts_at = now() + (starts_at - created_at), ends_at = now() + (ends_at - created_at)
    where created_at > now()`
}
