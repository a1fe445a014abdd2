/**
 * Whether the channels take what they are given. One that does not is an alert itself, which the other channels tell; on
 * the channel itself it goes last, and arrives when it is over.
 */
import type { ISql } from 'postgres'
import { NOT_CONFIGURED } from './channels.ts'
import type { RuleName } from './rules.ts'

export const CHANNEL_RULE = 'CHANNEL_DOWN' satisfies RuleName

export interface ChannelHealth {
  channel: string
  /** Messages that were tried more than once in vain. */
  stuck: number
  /** The oldest of them, in seconds. */
  stuck_s: number
  /** Whether the message that it finished with last was given up. */
  given_up: boolean
  /** Its last answer, and the same in Portuguese. */
  error: string | null
  error_pt: string | null
}

/** Tried again, and waiting for so long: the receiver's restart fits in that, and a refusal because of too much. */
const TRIES = 2
const STUCK_AFTER_S = 120
/** The last result of a rarely used channel is not searched for in all notifications. */
const LOOK_BACK = 10_000

/** Every configured channel, and those that are no longer configured and still have an open alert. */
export function readChannelHealth(sql: ISql): Promise<ChannelHealth[]> {
  return sql<ChannelHealth[]>`
    select c.name as channel, stuck.count as stuck, coalesce(extract(epoch from now() - stuck.since), 0)::float8 as stuck_s,
      coalesce(last.given_up, false) as given_up, coalesce(stuck.error, last.last_error) as error,
      case when stuck.error is null then last.last_error_pt else stuck.error_pt end as error_pt
    from alert_channels c
    cross join lateral (
      select count(*)::int as count, min(created_at) as since, (array_agg(last_error order by attempts desc))[1] as error,
        (array_agg(last_error_pt order by attempts desc))[1] as error_pt
      from alert_notifications n
      where n.channel = c.name and sent_at is null and dead_at is null and attempts >= ${TRIES} and last_error is not null
        and created_at < now() - make_interval(secs => ${STUCK_AFTER_S})
    ) stuck
    left join lateral (
      select dead_at is not null as given_up, last_error, last_error_pt from alert_notifications n
      where n.channel = c.name and (sent_at is not null or dead_at is not null) and last_error is distinct from ${NOT_CONFIGURED.en}
        and n.id > (select max(id) - ${LOOK_BACK} from alert_notifications)
      order by n.id desc limit 1
    ) last on true
    union all
    select subject, 0, 0, false, null, null from alerts
    where rule = ${CHANNEL_RULE} and state <> 'resolved' and subject not in (select name from alert_channels)
    order by 1`
}
