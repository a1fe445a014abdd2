/**
 * Turns time into queued runs. Sleeps until the next slot of any job, then records what is due; every replica does so,
 * and for each job one of them wins (db/slots.ts). What was missed while nobody looked is found at the next look.
 */
import type { Sql } from 'postgres'
import { createOutlast, pause } from '../../db/outlast.ts'
import { readSchedules } from '../../db/jobs.ts'
import { recordSlots, type SlotPlan } from '../../db/slots.ts'
import type { Log } from '../../lib/log.ts'
import type { Job } from '../job.ts'
import { planSlots } from './plan-slots.ts'

/** Looks at least so often: clocks jump, laptops sleep, and another program may have resumed a job. */
const LOOK_EVERY_MS = 30_000

export interface Scheduler {
  /** Resolves when the look that is under way has ended. */
  stop(): Promise<void>
}

export function startScheduler(sql: Sql, jobs: Map<string, Job>, log: Log): Scheduler {
  const outlast = createOutlast(log, 'the scheduler')
  const stopping = new AbortController()
  const done = (async () => {
    while (!stopping.signal.aborted) {
      const sleep_ms = await outlast(() => schedulePass(sql, jobs), stopping.signal).catch(ignoreWhenStopping)
      await pause(sleep_ms, stopping.signal)
    }
  })()

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
  const plans: SlotPlan[] = []
  let sleep_ms = LOOK_EVERY_MS
  for (const state of await readSchedules(sql, [...jobs.keys()])) {
    const job = jobs.get(state.name)!
    // Another replica has a newer version of the job's file; it is that one's to schedule.
    if (job.schedule !== state.schedule || job.timezone !== state.timezone) continue
    const due = planSlots(job, state)
    if (due) plans.push(due.plan)
    const next = job.times.next(state.now)
    if (due?.more) sleep_ms = 0
    // What comes while a job is paused is only written down, which can wait for the next look.
    else if (next && !state.paused) sleep_ms = Math.min(sleep_ms, next.getTime() - state.now.getTime())
  }
  if (plans.length > 0) await recordSlots(sql, plans)
  return sleep_ms
}
