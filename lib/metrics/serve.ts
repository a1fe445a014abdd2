/** GET /metrics of a program that answers no other request; without METRICS_PORT there is none, and nothing is measured. */
import { timingSafeEqual } from 'node:crypto'
import type { EnvReader } from '../env.ts'
import { NO_METRICS, type Metrics } from './metrics.ts'

export interface MetricsConfig {
  /** Unset: not served. */
  port: number | undefined
  host: string
  token: string | undefined
  production: boolean
}

export interface ServedMetrics {
  metrics: Metrics
  stop(): Promise<void>
}

export const readMetricsConfig = (read: EnvReader): MetricsConfig => ({
  port: read.text('METRICS_PORT') === undefined ? undefined : read.port('METRICS_PORT', 9464),
  host: read.text('HOST') ?? '127.0.0.1',
  token: read.text('METRICS_TOKEN'),
  production: read.production,
})

/** Throws an Error when the port cannot be had. With a token it is asked for; without one, in production only this machine is answered. */
export async function serveMetrics(program: string, version: string, config: MetricsConfig): Promise<ServedMetrics> {
  const { port, host } = config
  if (port === undefined) return { metrics: NO_METRICS, stop: async () => {} }
  const [{ Registry }, { addProcessMetrics, metricsOn }] = await Promise.all([
    import('prom-client'),
    import('./prometheus.ts'),
  ])
  const registry = new Registry()
  addProcessMetrics(registry, program, version)
  const server = listen(port, host, async (request, address) => {
    if (new URL(request.url).pathname !== '/metrics')
      return new Response('There is only /metrics here.', { status: 404 })
    if (!mayRead(request, address, config))
      return new Response('Send METRICS_TOKEN as a bearer token.', { status: 401 })
    return new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } })
  })
  return { metrics: metricsOn(registry), stop: () => server.stop(true) }
}

function listen(port: number, hostname: string, answer: (request: Request, address: string) => Promise<Response>) {
  try {
    return Bun.serve({
      hostname,
      port,
      fetch: (request, server) => answer(request, server.requestIP(request)?.address ?? ''),
    })
  } catch (cause) {
    throw new Error(`${hostname}:${port} cannot be listened on; is another program there? Set METRICS_PORT.`, { cause })
  }
}

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/

function mayRead(request: Request, address: string, { token, production }: MetricsConfig): boolean {
  if (token === undefined) return !production || LOOPBACK.test(address)
  const [given, wanted] = [request.headers.get('authorization') ?? '', `Bearer ${token}`].map((text) =>
    new Bun.CryptoHasher('sha256').update(text).digest(),
  )
  return timingSafeEqual(given!, wanted!)
}
