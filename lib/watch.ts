/** What a program is watched by: its figures and its traces. */
import { NO_METRICS, type Metrics } from './metrics/metrics.ts'
import { NO_TRACING, type Tracing } from './tracing/tracing.ts'

export interface Watch {
  metrics: Metrics
  tracing: Tracing
}

export const NO_WATCH: Watch = { metrics: NO_METRICS, tracing: NO_TRACING }

export const isWatched = ({ metrics, tracing }: Watch): boolean => metrics !== NO_METRICS || tracing !== NO_TRACING
