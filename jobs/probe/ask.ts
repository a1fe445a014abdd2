/**
 * Questions with a deadline that never pile up: an engine that hangs is asked once, and counts as not answering until that
 * question ends, however long it takes.
 */
import { withDeadline } from '../../lib/retry.ts'

export interface Answered<T> {
  value: T
  latency_ms: number
}

/** null: no answer in time, an error, or the previous question still hangs. */
export type Ask = <T>(name: string, question: () => PromiseLike<T>, deadline_ms: number) => Promise<Answered<T> | null>

export function createAsk(): Ask {
  const hanging = new Set<string>()
  return async (name, question, deadline_ms) => {
    if (hanging.has(name)) return null
    hanging.add(name)
    const started = performance.now()
    const answer = (async () => question())().finally(() => hanging.delete(name))
    try {
      const value = await withDeadline(answer, deadline_ms)
      return { value, latency_ms: Math.round((performance.now() - started) * 100) / 100 }
    } catch {
      // The engine's own log lines say why.
      answer.catch(() => {})
      return null
    }
  }
}
