/**
 * Figures of a program, for Prometheus. An instrument is made once, where what it measures is known. Label values come from a
 * bounded set (routes, jobs, consumers, roles), never from what somebody outside has chosen.
 */
export interface Metrics {
  /** Returns what adds `by` (1 unless given) to the series of `values`, which go with `labels` by position. */
  counter(name: string, help: string, labels?: string[]): (values?: string[], by?: number) => void
  /** Returns what records a duration in seconds. */
  histogram(
    name: string,
    help: string,
    labels: string[],
    buckets?: number[],
  ): (values: string[], seconds: number) => void
  /** `read` is called at each scrape; a reading that throws is left out. */
  gauge(name: string, help: string, labels: string[], read: () => Reading[]): void
}

export interface Reading {
  values: string[]
  value: number
}

/** Of a program that nobody scrapes: measures nothing. */
export const NO_METRICS: Metrics = {
  counter: () => () => {},
  histogram: () => () => {},
  gauge: () => {},
}

/** From calls of a fast engine to those that a deadline ends, in seconds. */
export const CALL_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
/** From quick jobs to those that take hours, in seconds. */
export const WORK_BUCKETS_S = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400]
