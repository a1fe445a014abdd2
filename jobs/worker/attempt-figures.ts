/** Figures of the attempts in a worker. The jobs are those whose files it has. */
import { WORK_BUCKETS_S, type Metrics } from '../../lib/metrics/metrics.ts'
import type { AttemptEnd } from '../../db/jobs/run-ends.ts'

export interface AttemptFigures {
  /** `lost`: the run went to another worker. */
  ended(job: string, state: AttemptEnd['state'] | 'lost', seconds: number): void
}

export function attemptFigures(metrics: Metrics): AttemptFigures {
  const count = metrics.counter('doca_job_attempts_total', 'Attempts of runs that ended here.', ['job_name', 'state'])
  const took = metrics.histogram(
    'doca_job_attempt_duration_seconds',
    'Attempts, from their start to their end.',
    ['job_name'],
    WORK_BUCKETS_S,
  )
  return {
    ended(job, state, seconds) {
      count([job, state])
      took([job], seconds)
    },
  }
}
