/**
 * Whether the channels take what they are given. One that does not is an alert itself, so that whoever listens to the
 * others hears of it; on the channel itself it goes last, and arrives when it is over.
 */
import type { ISql } from 'postgres'
import { NOT_CONFIGURED } from './channels.ts'
import type { RuleName } from './rules.ts'

export const CHANNEL_RULE = 'CHANNEL_DOWN' satisfies RuleName

export interface ChannelHealth {
  channel: string
  /** Messages that it was given more than once in vain. */
  stuck: number
  /** The oldest of them, in seconds. */
  stuck_s: number
  /** Of what it has finished with last: whether that was given up. */
  given_up: boolean
  /** What it said last. */
  error: string | null
}

/** Tried again, and waiting for so long: a restart of the other side fits in it, and a refusal because of too much. */
const TRIES = 2
const STUCK_AFTER_S = 120
/** A channel that hardly anything goes to is not searched for in all that was ever told. */
const LOOK_BACK = 10_000

/** Every channel that is configured, and those that are not any more and still have an open alert, as well. */
export function readChannelHealth(sql: ISql): Promise<ChannelHealth[]> {
  return sql<ChannelHealth[]>`
    select c.name as channel, stuck.count as stuck, coalesce(extract(epoch from now() - stuck.since), 0)::float8 as stuck_s,
      coalesce(last.given_up, false) as given_up, coalesce(stuck.error, last.last_error) as error
    from alert_channels c
    cross join lateral (
      select count(*)::int as count, min(created_at) as since, (array_agg(last_error order by attempts desc))[1] as error
      from alert_notifications n
      where n.channel = c.name and sent_at is null and dead_at is null and attempts >= ${TRIES} and last_error is not null
        and created_at < now() - make_interval(secs => ${STUCK_AFTER_S})
    ) stuck
    left join lateral (
      select dead_at is not null as given_up, last_error from alert_notifications n
      where n.channel = c.name and (sent_at is not null or dead_at is not null) and last_error is distinct from ${NOT_CONFIGURED}
        and n.id > (select max(id) - ${LOOK_BACK} from alert_notifications)
      order by n.id desc limit 1
    ) last on true
    union all
    select subject, 0, 0, false, null from alerts
    where rule = ${CHANNEL_RULE} and state <> 'resolved' and subject not in (select name from alert_channels)
    order by 1`
}
