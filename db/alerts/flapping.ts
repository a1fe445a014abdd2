/**
 * Damps alerts that fire and recover again and again. One that fires for the third time within an hour (settings.ts) is told
 * as flapping, stays open whatever it does, and is told nowhere until it has not changed for a while: then once, as still
 * failing or as over.
 */
import type { ISql, Sql } from 'postgres'
import { ALERTS_CHANGED } from './alerts.ts'
import { writeResolved } from './notifications.ts'
import { readRuleChanges, settingsOf, type Named, type RuleChange } from './settings.ts'

/** Marks those of the alerts, which fire now, that do so for the `times`th time `within_s`. */
export async function markFlapping(
  tx: ISql,
  changes: RuleChange[],
  fired: Array<Named & { id: string }>,
): Promise<void> {
  const limits = fired.flatMap((alert) => {
    const { flapping } = settingsOf(changes, alert)
    return flapping ? [{ id: alert.id, ...flapping }] : []
  })
  if (limits.length === 0) return
  await tx`
    update alerts a set flapping_at = now(), turned_at = now()
    from jsonb_to_recordset(${tx.json(limits)}) as l(id uuid, times int, within_s float8)
    where a.id = l.id and l.times <= (
      select count(*) from alerts b
      where b.rule = a.rule and b.subject = a.subject and b.fired_at is not null
        and b.opened_at > now() - make_interval(secs => l.within_s))`
}

/** Ends the flapping of those that have become steady, and tells that they are over; what still fails is due (writeDue). */
export async function endFlapping(sql: Sql): Promise<void> {
  const found = await sql<Array<Named & { id: string; turned_ago_s: number }>>`
    select id, rule, alias, subject, extract(epoch from now() - turned_at)::float8 as turned_ago_s
    from alerts where state = 'firing' and flapping_at is not null and steady_at is null`
  if (found.length === 0) return
  const changes = await readRuleChanges(sql)
  const steady = found.flatMap((alert) => {
    const { flapping, successes } = settingsOf(changes, alert)
    const steady_s = flapping?.steady_s ?? 0
    return alert.turned_ago_s >= steady_s ? [{ id: alert.id, steady_s, successes }] : []
  })
  if (steady.length === 0) return
  await sql.begin(async (tx) => {
    const ended = await tx<{ id: string; state: string }[]>`
      update alerts a set steady_at = now(), changed_at = clock_timestamp(),
        state = case when a.successes >= s.successes then 'resolved' else 'firing' end,
        resolved_at = case when a.successes >= s.successes then a.turned_at end
      from jsonb_to_recordset(${tx.json(steady)}) as s(id uuid, steady_s float8, successes int)
      where a.id = s.id and a.state = 'firing' and a.steady_at is null
        and a.turned_at <= now() - make_interval(secs => s.steady_s)
      returning a.id, a.state, pg_notify(${ALERTS_CHANGED}, '')::text as told`
    const over = ended.filter(({ state }) => state === 'resolved').map(({ id }) => id)
    if (over.length > 0) await writeResolved(tx, over, changes)
  })
}
