/**
 * Tracing by OpenTelemetry's packages: spans are kept in a queue of limited length and sent in the background. A receiver
 * that is away or slow costs spans, and never the work that they tell of.
 */
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span as OtelSpan,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  RandomIdGenerator,
  type IdGenerator,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-node'
import { hostname } from 'node:os'
import { AppError, messageOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { createOutage, type Outage } from '../outage.ts'
import type { Attributes, Carrier, Span, SpanStart, Tracing } from './tracing.ts'

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const

/** A program that stops does not wait longer for its receiver. */
const STOP_MS = 2_000
const MAX_MESSAGE = 500

export function openTracing(program: string, version: string): Tracing {
  const ids = new TraceIds()
  const exporter = new ReportingExporter(new OTLPTraceExporter())
  const ours = resourceFromAttributes({
    'service.name': `doca-${program}`,
    'service.namespace': 'doca',
    'service.version': version,
    'service.instance.id': Bun.randomUUIDv7(),
    'host.name': hostname(),
    'process.pid': process.pid,
  })
  const provider = new NodeTracerProvider({
    resource: ours.merge(detectResources({ detectors: [envDetector] })),
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor(exporter)],
  })
  // Baggage is not passed on: whoever asks could fill it.
  provider.register({ propagator: new W3CTraceContextPropagator() })
  const tracer = provider.getTracer('doca', version)

  function begin({ name, kind, attributes, parent, trace_id, links = [], started_at }: SpanStart): {
    span: OtelSpan
    inside: Context
  } {
    const cause = parent?.traceparent === undefined ? undefined : propagation.extract(ROOT_CONTEXT, parent)
    const caused = cause !== undefined && trace.getSpanContext(cause) !== undefined
    const outside = caused ? cause : trace_id === undefined ? context.active() : ROOT_CONTEXT
    if (!caused) ids.next = trace_id?.replaceAll('-', '')
    const span = tracer.startSpan(
      name,
      {
        kind: KINDS[kind],
        ...(attributes && { attributes }),
        ...(started_at !== undefined && { startTime: started_at }),
        links: links.flatMap((link) => {
          const linked = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, link))
          return linked ? [{ context: linked }] : []
        }),
      },
      outside,
    )
    ids.next = undefined
    return { span, inside: trace.setSpan(outside, span) }
  }

  function within<T>(start: SpanStart, work: (span: Span) => T): T {
    const { span, inside } = begin(start)
    return context.with(inside, () => work(new TracedSpan(span, inside)))
  }

  return {
    within,

    span(start, work) {
      return within(start, (span) => {
        try {
          const result = work(span)
          if (!(result instanceof Promise)) return ended(span, result)
          return result.then(
            (value: unknown) => ended(span, value),
            (thrown: unknown) => {
              span.end(thrown)
              throw thrown
            },
          ) as typeof result
        } catch (thrown) {
          span.end(thrown)
          throw thrown
        }
      })
    },

    part(name, attributes) {
      if (!trace.getActiveSpan()?.isRecording()) return undefined
      return new TracedSpan(tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }), ROOT_CONTEXT)
    },

    carrier: () => carrierOf(context.active()),
    traceId: () => trace.getActiveSpan()?.spanContext().traceId,
    reportTo: (log) => exporter.reportTo(log),

    async stop() {
      await Promise.race([provider.shutdown().catch(() => {}), Bun.sleep(STOP_MS)])
    },
  }
}

function ended<T>(span: Span, value: T): T {
  span.end()
  return value
}

function carrierOf(inside: Context): Carrier {
  const carrier: Record<string, string> = {}
  propagation.inject(inside, carrier)
  return carrier
}

class TracedSpan implements Span {
  #span: OtelSpan
  #inside: Context
  #ended = false

  constructor(span: OtelSpan, inside: Context) {
    this.#span = span
    this.#inside = inside
  }

  /** Made when it is asked for: most spans are never named to anybody. */
  get carrier(): Carrier {
    return carrierOf(this.#inside)
  }

  tell(attributes: Attributes, name?: string): void {
    this.#span.setAttributes(attributes)
    if (name !== undefined) this.#span.updateName(name)
  }

  end(failed?: unknown): void {
    if (this.#ended) return
    this.#ended = true
    if (failed !== undefined) {
      const message = (typeof failed === 'string' ? failed : messageOf(failed)).slice(0, MAX_MESSAGE)
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message })
      this.#span.setAttribute('error.type', failed instanceof AppError ? failed.code : 'failed')
    }
    this.#span.end()
  }
}

/** Random, but for a trace that has an id before its first span. */
class TraceIds implements IdGenerator {
  next: string | undefined
  #random = new RandomIdGenerator()

  generateTraceId = (): string => this.next ?? this.#random.generateTraceId()
  generateSpanId = (): string => this.#random.generateSpanId()
}

/** Says in the log when traces cannot be sent, and when they can again. */
class ReportingExporter implements SpanExporter {
  #inner: SpanExporter
  #outage: Outage | undefined

  constructor(inner: SpanExporter) {
    this.#inner = inner
  }

  reportTo(log: Log): void {
    this.#outage = createOutage(log, 'traces cannot be sent; spans are dropped', 'traces are sent again')
  }

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    const begun_at = performance.now()
    this.#inner.export(spans, (result) => {
      if (result.error) this.#outage?.failed(result.error, begun_at)
      else this.#outage?.answered(begun_at)
      done(result)
    })
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown()
  }
}
