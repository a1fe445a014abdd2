/**
 * Writes the outbox of alerts: a notification for each alert to be told on a channel.
 *
 * Due notifications are worked out from the tables, not remembered: an alert that fires, that no silence or quiet hours
 * match and no other alert inhibits, is due on every channel that has not been told of it. So an alert that one of these or an
 * unknown channel held back is told at the next look after that ended, if it still fires; two looks write nothing twice.
 */
import type { ISql } from 'postgres'
import { isHeldBy } from './alerts.ts'
import { INHIBITIONS, OWN_CLEARS_S, SEVERITIES } from './rules.ts'
import { quietUntil, readRuleChanges, settingsOf, type Named, type RuleChange } from './settings.ts'

/**
 * Writes the notifications that are due: of these alerts, which the caller has locked, or of all that fire. Answers how
 * many. Of all, it leaves out those that somebody is moving now: they are told with that.
 */
export async function writeDue(sql: ISql, alert_ids: string[] | null = null): Promise<number> {
  const firing = await sql<Array<Named & { id: string; now: Date }>>`
    select id, rule, alias, subject, now() as now from alerts
    where state = 'firing' and caused_by is null and (${alert_ids}::uuid[] is null or id = any(${alert_ids}))`
  if (firing.length === 0) return 0
  const changes = await readRuleChanges(sql)
  const terms = firing.flatMap((alert) => {
    const { mute, quiet, remind_s, channels } = settingsOf(changes, alert)
    return mute || quietUntil(quiet, alert.now) ? [] : [{ id: alert.id, remind_s, channels }]
  })
  const rows = await sql`
    with inhibition as (
      select * from jsonb_to_recordset(${sql.json(INHIBITIONS)}) as i(by text, rule text, own boolean)
    ), telling as (
      select a.id, a.rule, a.severity, a.acknowledged_at, terms.remind_s, terms.channels,
        a.flapping_at is not null and a.steady_at is null as flapping
      from jsonb_to_recordset(${sql.json(terms)}) as terms(id uuid, remind_s float8, channels jsonb)
      join alerts a on a.id = terms.id
      where a.state = 'firing'
        and not exists (
          select from silences s where ${isHeldBy(sql, sql`a`)})
        and not exists (
          select from alerts cause join inhibition i on i.by = cause.rule
          where i.rule = a.rule and case when i.own
            then string_to_array(cause.subject, ' ') && string_to_array(a.subject, ' ')
              and (cause.state = 'firing' or cause.resolved_at > now() - make_interval(secs => ${OWN_CLEARS_S}))
            else cause.state = 'firing' end)
    ), due as (
      select t.id, c.name as channel,
        case when told.created_at is not null then 'reminder' when t.flapping then 'flapping' else 'firing' end as kind,
        case when told.created_at is null then 0
          else floor(extract(epoch from now() - told.created_at) / t.remind_s)::int end as number
      from telling t
      join alert_channels c on case when jsonb_typeof(t.channels) = 'array'
        then c.name = 'log' or t.channels @> to_jsonb(c.name)
        else ${rank(sql, sql`t.severity`)} >= ${rank(sql, sql`c.min_severity`)} end
      left join alert_notifications told on told.alert_id = t.id and told.channel = c.name
        and told.kind = case when t.flapping then 'flapping' else 'firing' end
      where told.id is null
        or (not t.flapping and t.acknowledged_at is null
          and now() >= told.created_at + make_interval(secs => t.remind_s)
          -- On a channel that is away reminders do not pile up.
          and not exists (select from alert_notifications waiting where waiting.alert_id = t.id
            and waiting.channel = c.name and waiting.sent_at is null and waiting.dead_at is null))
    ), new as (
      select due.* from due where not exists (
        select from alert_notifications n
        where n.alert_id = due.id and n.channel = due.channel and n.kind = due.kind and n.number = due.number)
    ), locked as (
      -- It may have been resolved since: then this finds it no longer firing, or waits for nobody.
      select a.id, a.detail from alerts a where a.state = 'firing' and a.id in (select id from new)
      for no key update of a skip locked
    )
    insert into alert_notifications (alert_id, channel, kind, number, detail)
    select new.id, new.channel, new.kind, new.number, locked.detail from new join locked on locked.id = new.id
    on conflict do nothing
    returning id`
  return rows.length
}

/**
 * Tells that these alerts are over, wherever they were told, silence or not; in quiet hours, when those end. A reminder that has not begun its way is
 * dropped. A `firing` that has not been sent yet stays: what happened is told, and then that it is over.
 */
export async function writeResolved(sql: ISql, alert_ids: string[], changes: RuleChange[]): Promise<void> {
  await sql`
    delete from alert_notifications
    where alert_id = any(${alert_ids}) and kind = 'reminder' and attempts = 0 and sent_at is null`
  const over = await sql<Array<Named & { id: string; now: Date }>>`
    select id, rule, alias, subject, now() as now from alerts where id = any(${alert_ids})`
  const terms = over.map((alert) => ({
    id: alert.id,
    available_at: quietUntil(settingsOf(changes, alert).quiet, alert.now),
  }))
  await sql`
    insert into alert_notifications (alert_id, channel, kind, detail, available_at)
    select distinct on (a.id, n.channel) a.id, n.channel, 'resolved', a.detail, coalesce(terms.available_at, now())
    from jsonb_to_recordset(${sql.json(terms as never)}) as terms(id uuid, available_at timestamptz)
    join alerts a on a.id = terms.id
    join alert_notifications n on n.alert_id = a.id and n.kind in ('firing', 'flapping')
    on conflict do nothing`
}

const rank = (sql: ISql, severity: ReturnType<ISql>) => sql`array_position(${[...SEVERITIES]}::text[], ${severity})`
