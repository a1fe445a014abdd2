/** A receiver of traces: OTLP over HTTP, as JSON. */
export interface ReceivedSpan {
  service: string
  resource: Record<string, unknown>
  name: string
  kind: number
  traceId: string
  spanId: string
  parentSpanId?: string
  links: Array<{ traceId: string; spanId: string }>
  status: { code: number; message?: string }
  attributes: Record<string, unknown>
}

export interface OtlpReceiver {
  url: string
  spans: ReceivedSpan[]
  /** Of the requests so far. */
  headers: Headers[]
  stop(): void
}

interface Attribute {
  key: string
  value: Record<string, unknown>
}

interface Body {
  resourceSpans: Array<{
    resource: { attributes: Attribute[] }
    scopeSpans: Array<{ spans: Array<Omit<ReceivedSpan, 'attributes'> & { attributes: Attribute[] }> }>
  }>
}

/** `answers`: false for one that takes every request and never says a word. */
export function otlpReceiver({ answers = true } = {}): OtlpReceiver {
  const spans: ReceivedSpan[] = []
  const headers: Headers[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      headers.push(request.headers)
      if (!answers) return new Promise<Response>(() => {})
      if (new URL(request.url).pathname !== '/v1/traces') return new Response(null, { status: 404 })
      const { resourceSpans } = (await request.json()) as Body
      for (const { resource, scopeSpans } of resourceSpans) {
        const about = valuesOf(resource.attributes)
        const service = String(about['service.name'])
        for (const span of scopeSpans.flatMap((scope) => scope.spans))
          spans.push({ ...span, service, resource: about, attributes: valuesOf(span.attributes) })
      }
      return Response.json({})
    },
  })
  return { url: `http://127.0.0.1:${server.port}`, spans, headers, stop: () => void server.stop(true) }
}

const valuesOf = (attributes: Attribute[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
