/** Which monitors are due. Any number of replicas ask for that: a row that one of them has claimed is not due for another. */
import type { ISql, Sql } from 'postgres'
import type { monitors } from './table.ts'
import type { MonitorSpec } from './spec.ts'

type Row = typeof monitors.$inferSelect

/** One check to make, or a deadline that passed without a ping. */
export type DueMonitor = MonitorSpec &
  Pick<Row, 'name' | 'turn' | 'every_s' | 'timeout_s' | 'started_at'> & { now: Date }

/** A replica that claims a deadline and dies leaves it to the next claim after this long. */
const DEADLINE_LEASE_S = 30

/**
 * Claims at most `limit` monitors. The next check is one interval later, whoever makes it; the second one of a monitor is half an
 * interval to one and a half later, so that those of one file do not stay side by side. A monitor that waits for longer than two
 * intervals is due, too: the clock was set back.
 */
export async function claimDue(sql: Sql, limit: number): Promise<DueMonitor[]> {
  const rows = await sql`
    with due as (
      select name from monitors
      where gone_at is null
        and (next_at <= now() or (kind <> 'push' and next_at > now() + make_interval(secs => 2 * every_s)))
      order by next_at limit ${limit} for no key update skip locked
    )
    update monitors m set turn = m.turn + 1, next_at = case
        when m.kind = 'push' then now() + make_interval(secs => ${DEADLINE_LEASE_S})
        when m.turn = 0 then now() + make_interval(secs => m.every_s * (0.5 + random()))
        when m.next_at > now() then now() + make_interval(secs => m.every_s)
        else m.next_at
          + make_interval(secs => m.every_s * (floor(extract(epoch from now() - m.next_at)::float8 / m.every_s) + 1)) end
    from due where m.name = due.name
    returning m.name, m.kind, m.ask, m.turn, m.every_s, m.timeout_s, m.started_at, now() as now`
  return rows as unknown as DueMonitor[]
}

/** After the database's clock has gone back: checks are due in their interval, and a ping its period and grace from now on. */
export async function withdrawAheadMonitors(sql: ISql): Promise<void> {
  await sql`
    update monitors set since = least(since, now()), checked_at = case when checked_at > now() then now() else checked_at end,
      started_at = case when started_at > now() then now() else started_at end,
      next_at = least(next_at, now() + make_interval(secs => case
        when kind <> 'push' then every_s
        else (ask->>'every_s')::float8 + (ask->>'grace_s')::float8 end))
    where kind <> 'push' or ask->>'every_s' is not null or greatest(since, checked_at, started_at) > now()`
}
