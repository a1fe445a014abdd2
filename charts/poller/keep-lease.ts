/** Renews a claim's lease while its workbook is drawn, and aborts a signal when the lease is lost. */
import type { Sql } from 'postgres'
import { renewChart, type ChartClaim } from '../../db/charts/claim-charts.ts'
import { withDeadline } from '../../lib/retry.ts'
import type { Log } from '../../lib/log.ts'

export interface Lease {
  /** Aborts when another poller has claimed the chart, or may have. */
  lost: AbortSignal
  stop(): void
}

export function keepLease(sql: Sql, claim: ChartClaim, lease_s: number, log: Log): Lease {
  const lost = new AbortController()
  const beat_ms = (lease_s * 1000) / 3
  let renewed_at = performance.now()

  async function beat(): Promise<void> {
    try {
      if (!(await withDeadline(renewChart(sql, claim, lease_s), beat_ms))) lost.abort(new Error('the lease was lost'))
      renewed_at = performance.now()
    } catch (err) {
      // An outage shorter than the lease does no harm; after a longer one another poller may have the claim.
      log.warn({ err, id: claim.id }, 'a lease could not be renewed')
      if (performance.now() - renewed_at > lease_s * 1000) lost.abort(new Error('the lease ran out'))
    }
  }

  const timer = setInterval(() => void beat(), beat_ms)
  return { lost: lost.signal, stop: () => clearInterval(timer) }
}
