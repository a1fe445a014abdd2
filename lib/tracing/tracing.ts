/**
 * Spans of what a program does, and the way of a trace from one program to the next (W3C trace context, in headers).
 * Without OTEL_EXPORTER_OTLP_ENDPOINT there are none, and nothing of OpenTelemetry is loaded (start.ts).
 */
import type { Log } from '../log.ts'

/** Headers; `traceparent`, and where there is one `tracestate`, name a span. */
export type Carrier = Readonly<Record<string, string | undefined>>

export type Attributes = Record<string, string | number | boolean | undefined>

export interface SpanStart {
  name: string
  kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  attributes?: Attributes
  /** What caused it; unset, or without a valid `traceparent`: the span that it is begun in. */
  parent?: Carrier
  /** Of the trace that it begins where nothing has caused it: a UUID. */
  trace_id?: string
  /** What else caused it. */
  links?: Carrier[]
  /** Where it began before now, in milliseconds since 1970. */
  started_at?: number
}

export interface Span {
  /** Adds to what is known of it, and may give it another name. */
  tell(attributes: Attributes, name?: string): void
  /** The first call counts. `failed`: what was thrown, or a sentence. */
  end(failed?: unknown): void
  /** Headers that name it. */
  readonly carrier: Carrier
}

export interface Tracing {
  /** Runs `work` in a span, which ends with it; what it throws, or its promise rejects with, is the span's error. */
  span<T>(start: SpanStart, work: (span: Span) => T): T
  /** Runs `work` in a span that the caller ends. */
  within<T>(start: SpanStart, work: (span: Span) => T): T
  /** A span in which none begins, of a part of what is under way; undefined outside of any span that is recorded. */
  part(name: string, attributes: Attributes): Span | undefined
  /** Names the span that this runs in; empty outside of one. */
  carrier(): Carrier
  /** Of the span that this runs in: 32 hexadecimal digits. */
  traceId(): string | undefined
  /** Whatever keeps traces from being sent is said there. */
  reportTo(log: Log): void
  /** Sends what is left, for at most a few seconds; never rejects. */
  stop(): Promise<void>
}

const NO_SPAN: Span = { tell: () => {}, end: () => {}, carrier: {} }

export const NO_TRACING: Tracing = {
  span: (_, work) => work(NO_SPAN),
  within: (_, work) => work(NO_SPAN),
  part: () => undefined,
  carrier: () => ({}),
  traceId: () => undefined,
  reportTo: () => {},
  stop: async () => {},
}

/** Of a process that keeps no spans, but whose work is a part of the one that `carrier` names. */
export function passOn(carrier: Carrier): Tracing {
  const span: Span = { ...NO_SPAN, carrier }
  return { ...NO_TRACING, span: (_, work) => work(span), within: (_, work) => work(span), carrier: () => carrier }
}
