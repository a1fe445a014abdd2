/** What the tables say after the chaos. Every count of something that must not be is 0 when all is well. */
import type { ISql } from 'postgres'
import { readSchedule, slotsBetween } from '../../../db/jobs/schedule.ts'
import type { Job } from '../../../jobs/job.ts'
import type { Blow, Blows } from './blows.ts'
import { FIRST_BACKOFF_S } from './job.ts'

export interface ChaosReport {
  /** By the jobs' own ledger, which takes everything, and by our books. */
  slots_with_two_runs: number
  attempts_started_twice: number
  /** Of the slots that croner says there were: those that no row covers, or two; and what a row's count is wrong by. */
  slots_unaccounted: number
  /** The first of them, with how many rows cover each. */
  unaccounted: string[]
  /** Slots whose row says that they ran, without a run; and runs that the ledger knows and the books do not. */
  contradictions: number
  /** Attempts after a failure that did not wait for the backoff, of which jitter takes at most a tenth. */
  retries_too_early: number
  /** Runs that succeeded with a result of another attempt than the one that counts. */
  results_of_stale_attempts: number
  /** From a kill to the next attempt's start, the longest, for every run of a killed or long frozen replica. */
  taken_up_within_s: number
  not_taken_up: number
  slots: number
  slots_by_state: Record<string, number>
  runs: number
  attempts: number
  attempts_by_state: Record<string, number>
  /** Jobs that came to their end in a worker that woke up after another had begun the next attempt. */
  late_ends: number
  kills: number
  freezes: number
  jumps: number
  /** Attempts that were under way when a blow fell. */
  hit: number
}

/** `sql` reads one snapshot, as replicas go on recording slots; `from`: what `scheduled_until` of each job was before. */
export async function examine(
  sql: ISql,
  { jobs, from, blows }: { jobs: Map<string, Job>; from: Map<string, Date>; blows: Blows },
): Promise<ChaosReport> {
  const count = async (rows: PromiseLike<readonly { n: number }[]>) => (await rows)[0]!.n
  const by = async (rows: PromiseLike<readonly { state: string; n: number }[]>) =>
    Object.fromEntries((await rows).map(({ state, n }) => [state, n]))

  const { slots, wrong, unaccounted } = await accountFor(sql, jobs, from)
  const uptake = await uptakes(sql, blows.fallen)
  return {
    slots_with_two_runs: await count(sql`
      select count(*)::int as n from (
        select job, slot from chaos_ledger group by job, slot having count(distinct run_id) > 1
        union select job, slot from runs where slot is not null group by job, slot having count(*) > 1) twice`),
    attempts_started_twice: await count(sql`
      select count(*)::int as n from (
        select run_id, attempt from chaos_ledger where what = 'begin' group by run_id, attempt having count(*) > 1) twice`),
    slots_unaccounted: wrong,
    unaccounted,
    contradictions: await count(sql`
      select (select count(*) from slots s where state in ('ran', 'late', 'caught_up') and not exists (
                select from runs r where r.job = s.job and r.slot = s.slot and r.attempt > 0))::int
        + (select count(*) from slots where state = 'queued')::int
        + (select count(*) from chaos_ledger l where not exists (
                select from run_attempts a where a.run_id = l.run_id and a.attempt = l.attempt))::int as n`),
    retries_too_early: await count(sql`
      select count(*)::int as n from run_attempts failed
      join run_attempts next on next.run_id = failed.run_id and next.attempt = failed.attempt + 1
      where failed.state = 'failed'
        -- Between the two, the clock may have gone back.
        and (${blows.jumps === 0} or next.started_at >= failed.finished_at)
        and next.started_at < failed.finished_at + make_interval(secs => ${FIRST_BACKOFF_S * 0.9})`),
    results_of_stale_attempts: await count(sql`
      select count(*)::int as n from runs
      where state = 'succeeded' and (result->>'attempt')::int is distinct from attempt`),
    taken_up_within_s: Math.max(0, ...uptake.map(({ after_s }) => after_s ?? 0)),
    not_taken_up: uptake.filter(({ after_s }) => after_s === null).length,
    slots,
    slots_by_state: await by(sql`select state, sum(count)::int as n from slots group by state order by state`),
    runs: await count(sql`select count(*)::int as n from runs`),
    attempts: await count(sql`select count(*)::int as n from run_attempts`),
    attempts_by_state: await by(sql`select state, count(*)::int as n from run_attempts group by state order by state`),
    late_ends: await count(sql`
      select count(*)::int as n from chaos_ledger l
      join run_attempts next on next.run_id = l.run_id and next.attempt = l.attempt + 1
      where l.what = 'end' and next.started_at < l.at`),
    kills: blows.fallen.filter(({ kind }) => kind === 'SIGKILL').length,
    freezes: blows.fallen.filter(({ kind }) => kind !== 'SIGKILL').length,
    jumps: blows.jumps,
    hit: blows.fallen.reduce((sum, { under_way }) => sum + under_way.length, 0),
  }
}

/** Compares the slots that each job's schedule has up to where they are accounted for with the rows that cover them. */
async function accountFor(sql: ISql, jobs: Map<string, Job>, from: Map<string, Date>) {
  let slots = 0
  let wrong = 0
  const unaccounted: string[] = []
  for (const [name, { schedule, timezone }] of jobs) {
    const [job] = await sql<{ until: Date }[]>`select scheduled_until as until from jobs where name = ${name}`
    const due = slotsBetween(readSchedule(schedule, timezone), from.get(name)!, job!.until, 100_000)
    const rows = await sql<{ slot: Date; slot_until: Date | null; count: number }[]>`
      select slot, slot_until, count from slots where job = ${name}`
    const covered = rows.map((row) => due.filter((time) => row.slot <= time && time <= (row.slot_until ?? row.slot)))
    const times = Map.groupBy(covered.flat(), Number)
    slots += due.length
    for (const time of due) {
      const covers = times.get(time.getTime())?.length ?? 0
      if (covers === 1) continue
      wrong++
      if (unaccounted.length < UNACCOUNTED) unaccounted.push(`${name} ${time.toISOString()} ${covers}`)
    }
    // A row that says more than there was is as wrong as none.
    wrong += rows.reduce((sum, row, i) => sum + Math.abs(row.count - covered[i]!.length), 0)
  }
  return { slots, wrong, unaccounted }
}

const UNACCOUNTED = 50

/** How long each run that a blow took from its worker waited for its next attempt; null when there was none. */
async function uptakes(sql: ISql, fallen: Blow[]): Promise<Array<{ after_s: number | null }>> {
  const found: Array<{ after_s: number | null }> = []
  for (const { kind, at, under_way } of fallen) {
    if (kind === 'SIGSTOP') continue
    for (const { run_id, attempt } of under_way) {
      const [row] = await sql<{ after_s: number | null; kept: boolean }[]>`
        select extract(epoch from min(started_at) filter (where attempt = ${attempt + 1}) - ${at}::timestamptz)::float8 as after_s,
          bool_or(attempt = ${attempt} and state <> 'lost') as kept
        from run_attempts where run_id = ${run_id}`
      // Its end had been sent before the blow fell.
      if (!row!.kept) found.push({ after_s: row!.after_s })
    }
  }
  return found
}
