/** The facts of an engine for `bun run doctor`. An inspection that cannot get in throws AppError instead. */
export interface Inspection {
  version: string
  /** Of one small call. */
  latency_ms: number
  problems: Array<{ found: string; fix: string }>
}
