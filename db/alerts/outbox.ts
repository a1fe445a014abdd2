/**
 * How notifications leave the outbox. A claim hides one for the length of a lease and counts an attempt; how the
 * attempt went is written under its number. Who dies in between leaves a notification that is claimed again when the
 * lease is over: each is delivered at least once, and a receiver can tell a repetition by the notification's id.
 *
 * Of one alert and channel they go in order: one waits until those before it were sent or given up. A `resolved` follows
 * its `firing` even when that was given up, for what was given up may have arrived, and it says itself what is over.
 */
import type { ISql } from 'postgres'
import type { Text } from '../../lib/texts.ts'
import type { Alias, RuleName, Severity } from './rules.ts'
import type { NOTIFICATION_KINDS } from '../schema/alerts.ts'

export interface ClaimedNotification {
  id: number
  attempts: number
  kind: (typeof NOTIFICATION_KINDS)[number]
  channel: string
  detail: Text
  alert_id: string
  rule: RuleName
  alias: Alias | null
  subject: string
  severity: Severity
  failures: number
  opened_at: Date
  fired_at: Date
  resolved_at: Date | null
}

/** The next notification that may be tried on `channel`; null when there is none, or somebody else just took it. */
export async function claimNotification(
  sql: ISql,
  channel: string,
  lease_s: number,
): Promise<ClaimedNotification | null> {
  const [row] = await sql<ClaimedNotification[]>`
    with next as (
      select n.id from alert_notifications n
      where n.channel = ${channel} and n.available_at <= now() and ${isNext(sql)}
      order by n.available_at, n.id limit 1
      for no key update of n skip locked
    )
    update alert_notifications n
    set attempts = n.attempts + 1, available_at = now() + make_interval(secs => ${lease_s})
    from next, alerts a where n.id = next.id and a.id = n.alert_id
    returning n.id, n.attempts, n.kind, n.channel, n.detail, n.alert_id, a.rule, a.alias, a.subject, a.severity,
      a.failures, a.opened_at, a.fired_at, a.resolved_at`
  return row ?? null
}

/** Milliseconds until a notification of each of these channels may be tried; those that have none are left out. */
export async function waitOfChannels(sql: ISql, channels: string[]): Promise<Map<string, number>> {
  const rows = await sql<{ channel: string; wait_ms: number }[]>`
    select channel, ceil(extract(epoch from min(available_at) - now()) * 1000)::float8 as wait_ms
    from alert_notifications n where channel = any(${channels}) and ${isNext(sql)} group by channel`
  return new Map(rows.map(({ channel, wait_ms }) => [channel, wait_ms]))
}

const isNext = (sql: ISql) => sql`n.sent_at is null and n.dead_at is null and not exists (
  select from alert_notifications earlier
  where earlier.alert_id = n.alert_id and earlier.channel = n.channel and earlier.id < n.id
    and earlier.sent_at is null and earlier.dead_at is null)`

type Held = Pick<ClaimedNotification, 'id' | 'attempts'>

/** False when the lease was over and somebody else tries it now. */
export async function notificationSent(sql: ISql, { id, attempts }: Held): Promise<boolean> {
  const rows = await sql`
    update alert_notifications set sent_at = now(), last_error = null
    where id = ${id} and attempts = ${attempts} and sent_at is null returning id`
  return rows.length > 0
}

/** Puts it back for a later try, or gives it up when that would be more than `give_up_s` after it was written. */
export async function notificationFailed(
  sql: ISql,
  { id, attempts }: Held,
  { error, retry_in_s, give_up_s }: { error: string; retry_in_s: number; give_up_s: number },
): Promise<'waits' | 'dead' | 'lost'> {
  const [row] = await sql<{ dead: boolean }[]>`
    update alert_notifications set last_error = ${error}, available_at = now() + make_interval(secs => ${retry_in_s}),
      -- What had to wait its turn for long is tried a few times all the same.
      dead_at = case when attempts >= 5 and now() + make_interval(secs => ${retry_in_s}) >
        created_at + make_interval(secs => ${give_up_s}) then now() end
    where id = ${id} and attempts = ${attempts} and sent_at is null
    returning dead_at is not null as dead`
  return row ? (row.dead ? 'dead' : 'waits') : 'lost'
}

/** Hands back one that was claimed and not tried. */
export async function releaseNotification(sql: ISql, { id, attempts }: Held): Promise<void> {
  await sql`update alert_notifications set available_at = now() where id = ${id} and attempts = ${attempts}`
}

/** Nothing that is due on the channel is tried before that time. */
export async function pauseChannel(sql: ISql, channel: string, pause_s: number): Promise<void> {
  await sql`
    update alert_notifications set available_at = now() + make_interval(secs => ${pause_s})
    where channel = ${channel} and sent_at is null and dead_at is null and available_at <= now()`
}
