/**
 * PBKDF2 on threads of its own. Bun's pool has a thread for each core, at the priority of the event loop, so that a
 * flood of sign-ins would take the cores that answer everybody else; these run when nobody else wants to.
 */
import type { Derive } from './hash.ts'

export interface Question {
  id: number
  password: string
  salt: string
  rounds: number
  bytes: number
}

export interface Answer {
  id: number
  key: Uint8Array<ArrayBuffer>
}

interface Thread {
  worker: Worker
  asked: Map<number, PromiseWithResolvers<Uint8Array<ArrayBuffer>>>
}

/** At most `threads`, each started when it is first needed; none of them keeps the program alive. */
export function createDerive(threads: number): Derive {
  const pool: Thread[] = []
  let serial = 0

  function start(): Thread {
    const thread: Thread = { worker: new Worker(new URL('./derive-worker.ts', import.meta.url)), asked: new Map() }
    thread.worker.unref()
    thread.worker.onmessage = ({ data: { id, key } }: MessageEvent<Answer>) => {
      thread.asked.get(id)?.resolve(key)
      thread.asked.delete(id)
    }
    thread.worker.onerror = ({ message }) => {
      pool.splice(pool.indexOf(thread), 1)
      for (const { reject } of thread.asked.values()) reject(new Error(`a thread for passwords ended: ${message}`))
    }
    pool.push(thread)
    return thread
  }

  return (password, salt, rounds, bytes) => {
    const idle = pool.find(({ asked }) => asked.size === 0)
    const thread =
      idle ?? (pool.length < threads ? start() : pool.reduce((a, b) => (b.asked.size < a.asked.size ? b : a)))
    const id = serial++
    const answer = Promise.withResolvers<Uint8Array<ArrayBuffer>>()
    thread.asked.set(id, answer)
    thread.worker.postMessage({ id, password, salt, rounds, bytes } satisfies Question)
    return answer.promise
  }
}
