/**
 * Tells when the worker's event loop stood still while jobs ran in it: one of them computed, or waited, without ever
 * giving way. Nothing can stop such a job in this process; but its owner can be told, and `isolate` it.
 */
import type { Log } from '../../lib/log.ts'

export interface LoopWatch {
  /** `tell` is given a sentence when the loop stood still between now and the returned call. */
  enter(job: string, tell: (sentence: string) => void): () => void
  stop(): void
}

const LOOK_EVERY_MS = 250
/** Timeouts, leases and every other run were so late. */
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

  function turned(): void {
    last = performance.now()
    cpu = process.cpuUsage()
  }

  function look(): void {
    const still_ms = Math.round(performance.now() - last - LOOK_EVERY_MS)
    if (still_ms >= BLOCKED_MS) report(still_ms)
  }

  function report(blocked_ms: number): void {
    const { user, system } = process.cpuUsage(cpu)
    const jobs = [...new Set([...inline].map(({ job }) => job))]
    log.warn(
      { blocked_ms, cpu_ms: Math.round((user + system) / 1000), jobs },
      'the event loop stood still while these jobs ran in it; give the one that computes or waits so long isolate: true',
    )
    const sentence = `The worker stood still for ${(blocked_ms / 1000).toFixed(1)} s while this ran: no other run, no timeout and no heartbeat had its turn.`
    const advice =
      'A job that computes for long, or waits without await, belongs in a process of its own: isolate: true.'
    for (const { tell } of inline) tell(`${sentence} ${advice}`)
    turned()
  }

  function tick(): void {
    look()
    turned()
    if (inline.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  return {
    enter(job, tell) {
      const one = { job, tell }
      inline.add(one)
      if (!timer) {
        turned()
        timer = setInterval(tick, LOOK_EVERY_MS)
      }
      return () => {
        // Before the timer that is due by now: then it would not be known any more who was here.
        look()
        inline.delete(one)
      }
    },
    stop: () => clearInterval(timer),
  }
}
