/** One drawing process seen from outside: one order at a time, with a deadline and a watch on its memory. */
import { join } from 'node:path'
import type { Drawing } from '../draw.ts'
import { MB, type Limits } from '../limits.ts'
import { Refusal } from '../refusal.ts'
import { residentBytes } from './memory.ts'
import type { Answer, Order } from './messages.ts'

export interface DrawingProcess {
  pid: number
  /** False once it has ended or is not worth keeping. */
  usable(): boolean
  /** Throws Refusal, DrawingFailed, or the signal's reason; after the last two the process is gone. */
  draw(order: Order, signal?: AbortSignal): Promise<Drawing>
  end(): void
}

/** The process ended, or the code in it failed, without a reason that lies in the workbook for certain. */
export class DrawingFailed extends Error {
  override name = 'DrawingFailed'
}

const WATCH_MS = 200
/** A heap that was once large stays large: above this an idle process is replaced rather than kept. */
const KEEP_BELOW_BYTES = 300 * MB

export function startDrawingProcess(limits: Limits): DrawingProcess {
  let onAnswer: ((answer: Answer) => void) | undefined
  let ended = false
  let bloated = false
  const child = Bun.spawn(
    // --no-orphans: the kernel ends it with its poller, even when it is in a loop and reads no messages.
    [process.execPath, '--no-orphans', '--no-env-file', join(import.meta.dir, 'worker.ts')],
    {
      // Nothing that a workbook could make it reveal.
      env: { PATH: process.env.PATH ?? '', NODE_ENV: process.env.NODE_ENV ?? '', TZ: 'UTC' },
      stdio: ['ignore', 'inherit', 'inherit'],
      serialization: 'advanced',
      ipc: (answer: Answer) => onAnswer?.(answer),
    },
  )
  child.unref()
  void child.exited.then(() => (ended = true))

  async function draw(order: Order, signal?: AbortSignal): Promise<Drawing> {
    signal?.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    onAnswer = resolve
    child.ref()
    const stop = (reason: unknown) => {
      child.kill('SIGKILL')
      reject(reason)
    }
    const onAbort = () => stop(signal!.reason)
    const deadline = setTimeout(() => stop(new Refusal('time_limit', { limit_s: limits.time_s })), limits.time_s * 1000)
    const watch = setInterval(() => {
      const bytes = residentBytes(child.pid)
      if (bytes > limits.memory_bytes)
        stop(new Refusal('memory_limit', { limit_mb: Math.round(limits.memory_bytes / MB) }))
    }, WATCH_MS)
    void child.exited.then((code) =>
      reject(new DrawingFailed(`the drawing process ended with ${child.signalCode ?? `code ${code}`}`)),
    )
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      child.send(order)
      const answer = await promise
      bloated = residentBytes(child.pid) > KEEP_BELOW_BYTES
      if (answer.kind === 'drawn') return answer.drawing
      if (answer.kind === 'refused') throw new Refusal(answer.code, answer.facts)
      throw new DrawingFailed(answer.error)
    } finally {
      clearTimeout(deadline)
      clearInterval(watch)
      signal?.removeEventListener('abort', onAbort)
      onAnswer = undefined
      child.unref()
    }
  }

  return {
    pid: child.pid,
    usable: () => !ended && !bloated && !child.killed,
    draw,
    end: () => child.kill('SIGKILL'),
  }
}
