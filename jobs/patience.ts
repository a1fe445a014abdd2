/** Asks again for as long as it may help; between two tries it waits as long as the other side asks for, else by backoff. */
import { backoffDelay, sleep } from '../lib/retry.ts'

export interface Patience<Answer> {
  /** On performance.now()'s clock: no wait goes beyond it. */
  until: number
  first_delay_ms: number
  max_delay_ms: number
  /** How long the answer asks its client to wait; null: it does not say; 'final': asking again would not help. */
  waitOf(answer: Answer): number | null | 'final'
  onWait?(answer: Answer, delay_ms: number): unknown
}

/** The first answer that is final, or the last one before `until`. Throws what `ask` throws, and the signal's reason. */
export async function askPatiently<Answer>(
  ask: () => Promise<Answer>,
  { until, first_delay_ms, max_delay_ms, waitOf, onWait }: Patience<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    const answer = await ask()
    const wait_ms = waitOf(answer)
    if (wait_ms === 'final') return answer
    const delay_ms = wait_ms ?? backoffDelay(tries, first_delay_ms, max_delay_ms)
    if (performance.now() + delay_ms > until) return answer
    await onWait?.(answer, delay_ms)
    await sleep(delay_ms, signal)
    signal.throwIfAborted()
  }
}
