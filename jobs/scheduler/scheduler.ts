/**
 * Turns time into queued runs. Every replica does so for the jobs that it has, as they are registered, whatever its own
 * version of their files says; for each slot one of them wins (db/jobs/slots.ts). A pass finds the slots that came due since
 * the last one, however long ago that was.
 *
 * Times are the database's: this machine's clock only counts milliseconds for a while. Shortly before a slot, its plan is
 * made and sent to wait in the database, so that one statement is all that is left to do when its time comes.
 */
import type { Sql } from 'postgres'
import { bookkeepingPool } from '../../db/engines/postgres/bookkeeping-pool.ts'
import { listen } from '../../db/engines/postgres/listen.ts'
import { JOBS_REGISTERED, readSchedules, type ScheduleState } from '../../db/jobs/jobs.ts'
import { readSchedule, type Schedule } from '../../db/jobs/schedule.ts'
import { createNotify } from '../../lib/notify.ts'
import { createRetry, sleep } from '../../lib/retry.ts'
import { PLANS_A_STATEMENT, recordSlots, recordSlotsAt, type SlotPlan } from '../../db/jobs/slots.ts'
import type { Log } from '../../lib/log.ts'
import type { Job } from '../job.ts'
import { watchClock } from './clock.ts'
import { planSlots } from './plan-slots.ts'
import type { Worker } from '../worker/worker.ts'

/** At least one pass in this time, and one when a job is registered: clocks jump, laptops sleep, and another program may have resumed a job. */
const PASS_EVERY_MS = 10_000
const CHECK_CLOCK_EVERY_MS = 5_000
/** A slot is planned this long before its time. */
const PLAN_AHEAD_MS = 1000
/** A plan is sent this long before its slot. */
const SEND_AHEAD_MS = 25
/** After a slot the processor is left to the runs that it started. Slots are whole seconds, so that none is due meanwhile. */
const AFTER_SLOT_MS = 300
/** A schedule takes about 70 µs to compute: after this many of them the event loop gets a turn. */
const PLANS_A_TURN = 20

export interface Scheduler {
  /** Resolves when the pass under way has ended. */
  stop(): Promise<void>
}

/** `jobs` may change meanwhile. */
export async function startScheduler(sql: Sql, jobs: Map<string, Job>, worker: Worker, log: Log): Promise<Scheduler> {
  const retryUntilAborted = createRetry(log, 'the scheduler')
  const stopping = new AbortController()
  const timesOf = registeredTimes(log)
  const notify = createNotify()
  const unlisten = await listen(sql, JOBS_REGISTERED, notify.notifyOne)
  // Connections of its own: a statement that waits there for its time would hold up a worker's behind it. The second is
  // opened when so many slots are due at once that two are faster.
  const first = bookkeepingPool(sql, { connections: 1, plan: 'once' })
  const second = bookkeepingPool(sql, { connections: 1, plan: 'once' })
  const checkClock = watchClock(sql, worker.claimer.lease_s, log)
  let clock_checked_at = -Infinity
  const done = (async () => {
    while (!stopping.signal.aborted) {
      const sleep_ms = await retryUntilAborted(pass, stopping.signal).catch(ignoreWhenStopping)
      if (!stopping.signal.aborted) await notify.notified(sleep_ms)
    }
    await Promise.all([first.end({ timeout: 1 }), second.end({ timeout: 1 })])
  })()

  /** Records the slots that are due, and at their time those of the next second. Returns how long to sleep then. */
  async function pass(): Promise<number> {
    if (performance.now() - clock_checked_at > CHECK_CLOCK_EVERY_MS) {
      await checkClock()
      clock_checked_at = performance.now()
    }
    const { now, read_at, due, more, upcoming, next_ms } = await planDue(first, jobs, timesOf)
    if (due.length > 0) await recordSlots(first, due)
    if (more) return 0
    const left_ms = () => next_ms - (performance.now() - read_at)
    if (left_ms() > PLAN_AHEAD_MS) return Math.min(PASS_EVERY_MS, left_ms() - PLAN_AHEAD_MS / 2)
    const slot = new Date(now.getTime() + next_ms)
    const plans = await planAhead(upcoming, slot)
    const recorders = plans.length > PLANS_A_STATEMENT ? [first, second] : [first]
    // Connecting, and planning the statements in the database, takes as long as recording the slots: do it before.
    await Promise.all([...recorders.map((one) => recordSlots(one, [])), worker.warmUp()])
    await sleep(Math.max(0, left_ms() - SEND_AHEAD_MS), stopping.signal)
    if (!stopping.signal.aborted) await recordAndStart(recorders, slot, plans)
    return AFTER_SLOT_MS
  }

  /** This replica's worker starts as many as it has capacity for; the other workers are notified of the rest. */
  function recordAndStart(recorders: Sql[], slot: Date, plans: SlotPlan[]): Promise<void> {
    return worker.withCapacity(plans.length, (capacity, start) =>
      recordSlotsAt(sql, recorders, slot, plans, { ...worker.claimer, capacity }, start),
    )
  }

  function ignoreWhenStopping(err: unknown): number {
    log.debug({ err }, 'the last pass of the scheduler failed')
    return 0
  }

  return {
    async stop() {
      stopping.abort()
      notify.notifyOne()
      await unlisten()
      return done
    },
  }
}

/** Records every slot that is due. Returns how long to sleep until the next one, in milliseconds. */
export async function schedulePass(sql: Sql, jobs: Map<string, Job>): Promise<number> {
  const { due, more, next_ms } = await planDue(sql, jobs, registeredTimes())
  if (due.length > 0) await recordSlots(sql, due)
  return more ? 0 : Math.min(PASS_EVERY_MS, next_ms)
}

interface DuePlans {
  /** The database's clock, and ours (performance.now) when it was read. */
  now: Date
  read_at: number
  due: SlotPlan[]
  /** Whether these plans end before now. */
  more: boolean
  /** The jobs of the next slot, `next_ms` from now, in the state after the due plans are recorded. */
  upcoming: Array<{ state: ScheduleState; times: Schedule }>
  next_ms: number
}

async function planDue(sql: Sql, jobs: Map<string, Job>, timesOf: TimesOf): Promise<DuePlans> {
  const states = await readSchedules(sql, [...jobs.keys()])
  const now = states[0]?.now ?? new Date()
  const found: DuePlans = { now, read_at: performance.now(), due: [], more: false, upcoming: [], next_ms: Infinity }
  for (const [i, state] of states.entries()) {
    if (i % PLANS_A_TURN === PLANS_A_TURN - 1) await turnOfLoop()
    const times = timesOf(state)
    if (!times) continue
    const due = planSlots(state, times)
    if (due) found.due.push(due.plan)
    found.more ||= due?.more ?? false
    const scheduled_until = due?.plan.until ?? state.scheduled_until
    const next = times.next(scheduled_until)
    // A slot of a paused job is only recorded, which can wait for the next pass.
    if (!next || state.paused) continue
    const next_ms = next.getTime() - now.getTime()
    if (next_ms < found.next_ms) found.upcoming = []
    found.next_ms = Math.min(found.next_ms, next_ms)
    if (next_ms === found.next_ms) found.upcoming.push({ state: { ...state, scheduled_until }, times })
  }
  return found
}

async function planAhead(upcoming: DuePlans['upcoming'], slot: Date): Promise<SlotPlan[]> {
  const plans: SlotPlan[] = []
  for (const [i, { state, times }] of upcoming.entries()) {
    if (i % PLANS_A_TURN === PLANS_A_TURN - 1) await turnOfLoop()
    plans.push(planSlots({ ...state, now: slot }, times)!.plan)
  }
  return plans
}

type TimesOf = (state: ScheduleState) => Schedule | null

/** The times of a job as it is registered; null for one without times, or whose schedule this program cannot read. */
function registeredTimes(log?: Log): TimesOf {
  const known = new Map<string, { written: string; times: Schedule | null }>()
  return ({ name, schedule, timezone, after }) => {
    if (after !== null) return null
    const written = `${schedule} ${timezone}`
    const before = known.get(name)
    if (before?.written === written) return before.times
    let times: Schedule | null = null
    try {
      times = readSchedule(schedule, timezone)
    } catch (err) {
      log?.error({ err, job: name }, 'the registered schedule is of a newer version; this program cannot start the job')
    }
    known.set(name, { written, times })
    return times
  }
}

const turnOfLoop = () => new Promise((resolve) => setImmediate(resolve))
