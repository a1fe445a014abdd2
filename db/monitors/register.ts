/** The monitors table: the definitions, by which any replica asks. */
import type { ISql, Sql } from 'postgres'
import { observe } from '../alerts/observe.ts'
import { deadlineAfterPing, type MonitorFacts, type MonitorSpec } from './spec.ts'

/** The rules of alerts about monitors. */
export const MONITOR_RULES = ['MONITOR_DOWN', 'CERTIFICATE_ENDS', 'PING_OVERDUE', 'PING_FAILED'] as const

/** Notified when a monitor's state changes, a ping comes, or monitors are registered. */
export const MONITORS_CHANGED = 'monitors_changed'

/** A new or changed monitor is first asked within this many seconds. */
const FIRST_S = 5

/**
 * Makes the monitors known as their files define them now. To be called where a file was read new or changed, and by nobody
 * else. One that is as it was keeps its times.
 */
export async function registerMonitors(sql: Sql, monitors: MonitorFacts[]): Promise<void> {
  if (monitors.length === 0) return
  const [row] = await sql<{ now: Date }[]>`select now() as now`
  const rows = monitors.map((one) => ({
    name: one.name,
    kind: one.kind,
    ask: one.ask,
    every_s: one.every_s,
    timeout_s: one.timeout_s,
    failures_to_down: one.failures,
    file: one.file,
    deadline: one.kind === 'push' ? deadlineAfterPing(one.ask, row!.now) : null,
  }))
  await sql`
    insert into monitors as m (name, kind, ask, every_s, timeout_s, failures_to_down, file, next_at)
    select name, kind, ask, every_s, timeout_s, failures_to_down, file,
      coalesce(deadline, now() + make_interval(secs => least(every_s, ${FIRST_S}) * random()))
    from jsonb_to_recordset(${sql.json(rows as never)}) as r(name text, kind text, ask jsonb, every_s float8,
      timeout_s float8, failures_to_down int, file text, deadline timestamptz)
    -- In one order, so that replicas that start together cannot lock each other out.
    order by name
    on conflict (name) do update set kind = excluded.kind, ask = excluded.ask, every_s = excluded.every_s,
      timeout_s = excluded.timeout_s, failures_to_down = excluded.failures_to_down, file = excluded.file, seen_at = now(),
      next_at = case when (m.kind, m.ask, m.every_s) = (excluded.kind, excluded.ask, excluded.every_s)
        then m.next_at else excluded.next_at end
    returning pg_notify(${MONITORS_CHANGED}, '')`
}

/** By name, the file that each was read from last. */
export async function filesOfMonitors(sql: Sql): Promise<Map<string, string | null>> {
  const rows = await sql<{ name: string; file: string | null }[]>`select name, file from monitors`
  return new Map(rows.map(({ name, file }) => [name, file]))
}

/**
 * Finds monitors that no replica has any more, and those that are back: any two replicas find the same. `replica_id`: the
 * caller, which says nothing while it does not count itself.
 */
export async function settleGone(sql: Sql, replica_id: string): Promise<{ went: string[]; back: string[] }> {
  const isDue = (one: ISql) => one`
    (gone_at is null) = (name not in (select unnest(monitors) from job_replicas))
    and exists (select from job_replicas where id = ${replica_id})`
  const [found] = await sql<{ due: boolean }[]>`select exists (select from monitors where ${isDue(sql)}) as due`
  if (!found!.due) return { went: [], back: [] }
  return sql.begin(async (tx) => {
    const rows = (await tx`
      update monitors set gone_at = case when gone_at is null then now() end, next_at = now(), started_at = null,
        state = 'new', since = now(), failures = 0, reason = null, detail = null, turn = turn + 1, recorded = turn + 1
      where ${isDue(tx)}
      returning name, kind, ask, gone_at, now() as now, pg_notify(${MONITORS_CHANGED}, '')::text as told`) as unknown as Changed[]
    const went = rows.filter(({ gone_at }) => gone_at).map(({ name }) => name)
    const back = rows.filter(({ gone_at }) => !gone_at)
    for (const { name, ...one } of back)
      if (one.kind === 'push')
        await tx`update monitors set next_at = ${deadlineAfterPing(one.ask, one.now)} where name = ${name}`
    // Nothing else would ever end them.
    await observe(
      tx,
      went.flatMap((subject) => MONITOR_RULES.map((rule) => ({ rule, subject, ok: true, final: true }))),
    )
    return { went, back: back.map(({ name }) => name) }
  }) as Promise<{ went: string[]; back: string[] }>
}

type Changed = MonitorSpec & { name: string; gone_at: Date | null; now: Date }
