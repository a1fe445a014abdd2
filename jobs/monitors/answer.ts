import type { Failure, Outcome } from '../../db/monitors/record.ts'
import type { Translated } from '../../lib/texts.ts'

/** What a check found. */
export type Answer = Pick<Outcome, 'failure' | 'latency_ms' | 'certificate_ends_at'>

export const failed = (reason: string, detail: Translated, latency_ms: number | null = null): Answer => ({
  failure: { reason, detail },
  latency_ms,
})

/** The failure of an answer that took longer than it may. */
export function slowness(latency_ms: number, most_ms: number | null): Failure | null {
  if (most_ms === null || latency_ms <= most_ms) return null
  const took = Math.round(latency_ms)
  return {
    reason: 'slow',
    detail: {
      en: `It took ${took} ms; up to ${most_ms} ms is well.`,
      pt: `Levou ${took} ms; até ${most_ms} ms está bem.`,
    },
  }
}
