/**
 * Keeps this worker's leases while its event loop is blocked: a blocked worker is not a dead one. That is a thread, since it
 * dies and is frozen with its process, and takes 6 MB where a process takes 15. It starts with the first run, also when that
 * blocks at once, and ends when there was none for a while; it connects to the database only when it has to.
 */
import type { HeldAttempt } from '../../../db/jobs/runs.ts'
import type { Log } from '../../../lib/log.ts'
import type { KeeperOptions, KeptRun, ToKeeper } from './messages.ts'

export interface LeaseKeeper {
  /** To be called before the run's job gets its first turn. Returns how to end it. */
  keep(run: KeptRun): () => void
  stop(): void
}

/** Where leases are kept by the heartbeat alone. */
export const NO_KEEPER: LeaseKeeper = { keep: () => () => {}, stop: () => {} }

const TURN_MS = 250
const IDLE_MS = 60_000

export function startLeaseKeeper(options: KeeperOptions, log: Log): LeaseKeeper {
  const turns = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const turn = () => void Atomics.add(turns, 0, 1)
  let thread: Worker | undefined
  let kept = 0
  let turning: ReturnType<typeof setInterval> | undefined
  let ending: ReturnType<typeof setTimeout> | undefined

  function start(): Worker {
    const started = new Worker(new URL('./thread.ts', import.meta.url), { smol: true })
    started.unref()
    started.onerror = ({ message }) => log.error({ reason: message }, 'the thread that keeps leases has ended')
    send(started, { kind: 'start', options, turns: turns.buffer as SharedArrayBuffer })
    return started
  }

  function release(held: HeldAttempt): void {
    if (thread) send(thread, { kind: 'release', held })
    if (--kept > 0) return
    clearInterval(turning)
    turning = undefined
    ending = setTimeout(end, IDLE_MS)
    ending.unref()
  }

  function end(): void {
    thread?.terminate()
    thread = undefined
  }

  return {
    keep(run) {
      clearTimeout(ending)
      kept++
      turn()
      turning ??= setInterval(turn, TURN_MS)
      send((thread ??= start()), { kind: 'keep', run })
      return () => release({ run_id: run.run_id, attempt: run.attempt })
    },
    stop() {
      clearTimeout(ending)
      clearInterval(turning)
      end()
    },
  }
}

const send = (thread: Worker, message: ToKeeper) => thread.postMessage(message)
