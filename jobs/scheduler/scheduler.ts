/**
 * Turns time into queued runs. Every replica does so, and for each job one of them wins (db/jobs/slots.ts). What was missed
 * while nobody looked is found at the next look.
 *
 * The database's clock is the clock: this machine's is only trusted to count milliseconds for a while. Shortly before a
 * slot its plan is made and sent to wait in the database, so that at its time one statement is all that is left to do.
 */
import type { Sql } from 'postgres'
import { bookkeepingPool } from '../../db/engines/postgres/bookkeeping-pool.ts'
import { readSchedules, type ScheduleState } from '../../db/jobs/jobs.ts'
import { createRetry, sleep } from '../../lib/retry.ts'
import { PLANS_A_STATEMENT, recordSlots, recordSlotsAt, type SlotPlan } from '../../db/jobs/slots.ts'
import type { Log } from '../../lib/log.ts'
import type { Job } from '../job.ts'
import { planSlots } from './plan-slots.ts'
import type { Worker } from '../worker/worker.ts'

/** Looks at least so often: clocks jump, laptops sleep, and another program may have resumed a job. */
const LOOK_EVERY_MS = 30_000
/** Looks so long before a slot, and plans it. */
const PLAN_AHEAD_MS = 1000
/** A plan is sent so long before its slot. */
const SEND_AHEAD_MS = 25
/** After a slot, the processor is the runs' that it started. Slots are whole seconds: no other comes meanwhile. */
const AFTER_SLOT_MS = 300
/** A schedule takes about 70 µs to compute: after so many of them, others have their turn. */
const PLANS_A_TURN = 20

export interface Scheduler {
  /** Resolves when the look that is under way has ended. */
  stop(): Promise<void>
}

export function startScheduler(sql: Sql, jobs: Map<string, Job>, worker: Worker, log: Log): Scheduler {
  const retryUntilAborted = createRetry(log, 'the scheduler')
  const stopping = new AbortController()
  // Its own connections: what waits there for its time would hold up a worker's statement behind it. The second is
  // opened when so much is due at once that two get done sooner.
  const own = bookkeepingPool(sql, { connections: 1, plan: 'once' })
  const second = bookkeepingPool(sql, { connections: 1, plan: 'once' })
  const done = (async () => {
    while (!stopping.signal.aborted) {
      const sleep_ms = await retryUntilAborted(turn, stopping.signal).catch(ignoreWhenStopping)
      await sleep(sleep_ms, stopping.signal)
    }
    await Promise.all([own.end({ timeout: 1 }), second.end({ timeout: 1 })])
  })()

  /** Records what is due, and what comes within the next second when its time has come; how long to sleep then. */
  async function turn(): Promise<number> {
    const { now, looked_at, due, more, upcoming, next_ms } = await look(own, jobs)
    if (due.length > 0) await recordSlots(own, due)
    if (more) return 0
    const left_ms = () => next_ms - (performance.now() - looked_at)
    if (left_ms() > PLAN_AHEAD_MS) return Math.min(LOOK_EVERY_MS, left_ms() - PLAN_AHEAD_MS / 2)
    const slot = new Date(now.getTime() + next_ms)
    const plans = await planAhead(jobs, upcoming, slot)
    const recorders = plans.length > PLANS_A_STATEMENT ? [own, second] : [own]
    // Connected, and planned by the database, before it counts: that takes as long as recording the slots.
    await Promise.all([...recorders.map((one) => recordSlots(one, [])), worker.warmUp()])
    await sleep(Math.max(0, left_ms() - SEND_AHEAD_MS), stopping.signal)
    if (!stopping.signal.aborted) await recordAndStart(recorders, slot, plans)
    return AFTER_SLOT_MS
  }

  /** This replica's worker starts as many as it has capacity for; the other workers are notified of the rest. */
  function recordAndStart(recorders: Sql[], slot: Date, plans: SlotPlan[]): Promise<void> {
    return worker.withCapacity(plans.length, (capacity, start) =>
      recordSlotsAt(recorders, slot, plans, { ...worker.claimer, places: capacity }, start),
    )
  }

  function ignoreWhenStopping(err: unknown): number {
    log.debug({ err }, 'the last look of the scheduler failed')
    return 0
  }

  return {
    stop() {
      stopping.abort()
      return done
    },
  }
}

/** Records every slot that is due; how long to sleep until the next one, in milliseconds. */
export async function schedulePass(sql: Sql, jobs: Map<string, Job>): Promise<number> {
  const { due, more, next_ms } = await look(sql, jobs)
  if (due.length > 0) await recordSlots(sql, due)
  return more ? 0 : Math.min(LOOK_EVERY_MS, next_ms)
}

interface Look {
  /** The database's clock, and ours (performance.now) when it was read. */
  now: Date
  looked_at: number
  due: SlotPlan[]
  /** Whether these plans end before now. */
  more: boolean
  /** The jobs whose slot comes next, all at the same time: `next_ms` from now. As they are once what is due is recorded. */
  upcoming: ScheduleState[]
  next_ms: number
}

async function look(sql: Sql, jobs: Map<string, Job>): Promise<Look> {
  const states = await readSchedules(sql, [...jobs.keys()])
  const now = states[0]?.now ?? new Date()
  const found: Look = { now, looked_at: performance.now(), due: [], more: false, upcoming: [], next_ms: Infinity }
  for (const [i, state] of states.entries()) {
    if (i % PLANS_A_TURN === PLANS_A_TURN - 1) await othersTurn()
    const job = jobs.get(state.name)!
    // Another replica has a newer version of the job's file; it is that one's to schedule.
    if (job.schedule !== state.schedule || job.timezone !== state.timezone) continue
    const due = planSlots(job, state)
    if (due) found.due.push(due.plan)
    found.more ||= due?.more ?? false
    const scheduled_until = due?.plan.until ?? state.scheduled_until
    const next = job.times.next(scheduled_until)
    // What comes while a job is paused is only written down, which can wait for the next look.
    if (!next || state.paused) continue
    const next_ms = next.getTime() - now.getTime()
    if (next_ms < found.next_ms) found.upcoming = []
    found.next_ms = Math.min(found.next_ms, next_ms)
    if (next_ms === found.next_ms) found.upcoming.push({ ...state, scheduled_until })
  }
  return found
}

async function planAhead(jobs: Map<string, Job>, upcoming: ScheduleState[], slot: Date): Promise<SlotPlan[]> {
  const plans: SlotPlan[] = []
  for (const [i, state] of upcoming.entries()) {
    if (i % PLANS_A_TURN === PLANS_A_TURN - 1) await othersTurn()
    plans.push(planSlots(jobs.get(state.name)!, { ...state, now: slot })!.plan)
  }
  return plans
}

const othersTurn = () => new Promise((resolve) => setImmediate(resolve))
