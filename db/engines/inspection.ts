/** What `bun run doctor` learns about an engine. Who cannot get in throws AppError instead. */
export interface Inspection {
  version: string
  /** Of one small call. */
  latency_ms: number
  problems: Array<{ found: string; fix: string }>
}
