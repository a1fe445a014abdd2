/**
 * A small pool of drawing processes. They are started when there is work, reused while there is more, and ended after a
 * while without, so that an idle poller holds none of the memory that reading and drawing take.
 */
import { join } from 'node:path'
import type { LimitReached } from '../../lib/child/child.ts'
import { ChildFailed, ChildWorker, noSecrets } from '../../lib/child/child-worker.ts'
import type { Drawing, DrawRequest } from '../draw.ts'
import { MB, type Limits } from '../limits.ts'
import type { Locale } from '../../lib/texts.ts'
import { Refusal } from '../refusal.ts'
import type { Drawn } from './worker.ts'

type DrawingProcess = ChildWorker<DrawRequest, Drawn>

export interface PoolOptions {
  limits: Limits
  locale: Locale
  /** Pause without work after which a process ends. */
  idle_ms?: number
  /** What a process runs. */
  program?: string
}

export interface DrawingPool {
  /**
   * Draws the workbook in the file at `path`, which its owner calls `name`. Throws Refusal for what cannot be drawn and
   * ChildFailed when the process died on it. The caller sees to it that not too many are drawn at once.
   */
  draw(path: string, name: string, signal?: AbortSignal): Promise<Drawing>
  /** Of the processes that live now. */
  pids(): number[]
  close(): void
}

const PROGRAM = join(import.meta.dir, 'worker.ts')
const IDLE_MS = 30_000
/** A heap that was once large stays large: above this an idle process is replaced rather than kept. */
const KEEP_BELOW_BYTES = 300 * MB

/** A process that waits for what never comes uses no processor: it is killed after so many times its limit by the clock. */
const WAITS_FOR_TIMES = 15

export function createPool({ limits, locale, idle_ms = IDLE_MS, program = PROGRAM }: PoolOptions): DrawingPool {
  const limits_of_order = {
    processor_ms: limits.time_s * 1000,
    time_ms: limits.time_s * 1000 * WAITS_FOR_TIMES,
    memory_bytes: limits.memory_bytes,
  }
  // Told how much there is, the engine collects garbage before it reaches the limit: a third less at its peak, in the same time.
  const env = { ...noSecrets(), BUN_JSC_forceRAMSize: String(limits.memory_bytes) }
  const all = new Set<DrawingProcess>()
  const idle = new Map<DrawingProcess, Timer>()

  /** `used`: it has drawn before. */
  function take(): { taken: DrawingProcess; used: boolean } {
    for (const [known, timer] of idle) {
      clearTimeout(timer)
      idle.delete(known)
      if (known.usable()) return { taken: known, used: true }
      discard(known)
    }
    const started = new ChildWorker<DrawRequest, Drawn>(program, undefined, env)
    all.add(started)
    return { taken: started, used: false }
  }

  function giveBack(used: DrawingProcess): void {
    if (!all.has(used)) return
    if (!used.usable() || used.residentBytes() > KEEP_BELOW_BYTES) return discard(used)
    const timer = setTimeout(() => discard(used), idle_ms)
    timer.unref()
    idle.set(used, timer)
  }

  function discard(one: DrawingProcess): void {
    idle.delete(one)
    all.delete(one)
    one.end()
  }

  async function draw(path: string, name: string, signal?: AbortSignal): Promise<Drawing> {
    const { taken, used } = take()
    try {
      const order = { path, name, locale, limits }
      const drawn = await taken.ask(order, limits_of_order, signal)
      if ('drawing' in drawn) return drawn.drawing
      throw new Refusal(drawn.refused, drawn.facts)
    } catch (thrown) {
      if (!(thrown instanceof ChildFailed && thrown.reached)) throw thrown
      // What workbooks before have left in its heap is not this one's fault.
      if (used && thrown.reached.limit === 'memory') return await draw(path, name, signal)
      throw refusalAt(thrown.reached, limits)
    } finally {
      giveBack(taken)
    }
  }

  return {
    draw,
    pids: () => [...all].filter((one) => one.usable()).map(({ pid }) => pid),
    close() {
      all.forEach(discard)
    },
  }
}

function refusalAt({ limit }: LimitReached, limits: Limits): Refusal {
  return limit === 'time'
    ? new Refusal('time_limit', { limit_s: limits.time_s })
    : new Refusal('memory_limit', { limit_mb: Math.round(limits.memory_bytes / MB) })
}
