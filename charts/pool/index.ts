/**
 * A small pool of drawing processes. They are started when there is work, reused while there is more, and ended after a
 * while without, so that an idle poller holds none of the memory that reading and drawing take.
 */
import type { Drawing } from '../draw.ts'
import type { Limits } from '../limits.ts'
import type { Locale } from '../../lib/texts.ts'
import { startDrawingProcess, type DrawingProcess } from './drawing-process.ts'

export { DrawingFailed } from './drawing-process.ts'

export interface PoolOptions {
  limits: Limits
  locale: Locale
  /** Pause without work after which a process ends. */
  idle_ms?: number
}

export interface DrawingPool {
  /**
   * Draws the workbook in the file at `path`, which its owner calls `name`. Throws Refusal for what cannot be drawn and
   * DrawingFailed when the process died on it. The caller sees to it that not too many are drawn at once.
   */
  draw(path: string, name: string, signal?: AbortSignal): Promise<Drawing>
  /** Of the processes that live now. */
  pids(): number[]
  close(): void
}

const IDLE_MS = 30_000

export function createPool({ limits, locale, idle_ms = IDLE_MS }: PoolOptions): DrawingPool {
  const all = new Set<DrawingProcess>()
  const idle = new Map<DrawingProcess, Timer>()

  function take(): DrawingProcess {
    for (const [known, timer] of idle) {
      clearTimeout(timer)
      idle.delete(known)
      if (known.usable()) return known
      discard(known)
    }
    const started = startDrawingProcess(limits)
    all.add(started)
    return started
  }

  function giveBack(used: DrawingProcess): void {
    if (!all.has(used)) return
    if (!used.usable()) return discard(used)
    const timer = setTimeout(() => discard(used), idle_ms)
    timer.unref()
    idle.set(used, timer)
  }

  function discard(one: DrawingProcess): void {
    idle.delete(one)
    all.delete(one)
    one.end()
  }

  return {
    async draw(path, name, signal) {
      const taken = take()
      try {
        return await taken.draw({ path, name, locale, limits }, signal)
      } finally {
        giveBack(taken)
      }
    },
    pids: () => [...all].filter((one) => one.usable()).map(({ pid }) => pid),
    close() {
      all.forEach(discard)
    },
  }
}
