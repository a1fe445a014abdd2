/**
 * Notices when the worker's event loop was blocked while jobs ran in it: one of them computed, or waited, without ever
 * yielding. Nothing can stop such a job in this process, but its owner can be told, and `isolate` it.
 */
import type { Log } from '../../lib/log.ts'

export interface LoopWatch {
  /** Calls `tell` with a sentence when the loop is blocked between now and the returned call. */
  enter(job: string, tell: (sentence: string) => void): () => void
  stop(): void
}

const CHECK_EVERY_MS = 250
/** Every timeout, heartbeat and other run was late by this much. */
const BLOCKED_MS = 1000

interface Inline {
  job: string
  tell: (sentence: string) => void
}

export function watchLoop(log: Log): LoopWatch {
  const inline = new Set<Inline>()
  let timer: ReturnType<typeof setInterval> | undefined
  let last = performance.now()
  let cpu = process.cpuUsage()

  function restart(): void {
    last = performance.now()
    cpu = process.cpuUsage()
  }

  /** `ending`: the job that ends in this turn of the loop. */
  function check(ending?: Inline): void {
    const still_ms = Math.round(performance.now() - last - CHECK_EVERY_MS)
    if (still_ms >= BLOCKED_MS) report(still_ms, ending)
  }

  function report(blocked_ms: number, ending?: Inline): void {
    const { user, system } = process.cpuUsage(cpu)
    // A job that ends in the turn that took so long is what took it; else it is any of them.
    const jobs = ending ? [ending.job] : [...new Set([...inline].map(({ job }) => job))]
    log.warn(
      { blocked_ms, cpu_ms: Math.round((user + system) / 1000), jobs },
      'the event loop was blocked while these jobs ran in it; set isolate: true on the one that computes or waits so long',
    )
    const sentence = `The worker's event loop was blocked for ${(blocked_ms / 1000).toFixed(1)} s while this ran: no other run, timeout or heartbeat got a turn.`
    const advice =
      'A job that computes for long, or waits without await, belongs in a process of its own: isolate: true.'
    const culprit = (one: Inline) => (ending && one !== ending ? ` It was ${ending.job}.` : ` ${advice}`)
    for (const one of inline) one.tell(sentence + culprit(one))
    restart()
  }

  function tick(): void {
    check()
    restart()
    if (inline.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  return {
    enter(job, tell) {
      const one = { job, tell }
      inline.add(one)
      if (!timer) {
        restart()
        timer = setInterval(tick, CHECK_EVERY_MS)
      }
      return () => {
        // Now, since the timer fires when this job is no longer known.
        check(one)
        inline.delete(one)
      }
    },
    stop: () => clearInterval(timer),
  }
}
