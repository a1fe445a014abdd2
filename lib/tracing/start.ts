/** Opens tracing where the standard variables ask for it. */
import type { EnvReader } from '../env.ts'
import { NO_TRACING, type Tracing } from './tracing.ts'

export interface TracingConfig {
  wanted: boolean
}

/** Which variables say whether; the others (headers, sampler, limits) are read by OpenTelemetry's own packages. */
export function readTracingConfig(read: EnvReader): TracingConfig {
  const everything = read.url('OTEL_EXPORTER_OTLP_ENDPOINT', ['http', 'https'])
  const traces = read.url('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', ['http', 'https'])
  const off =
    read.choice('OTEL_SDK_DISABLED', ['true', 'false'], 'false') === 'true' ||
    read.choice('OTEL_TRACES_EXPORTER', ['otlp', 'none'], 'otlp') === 'none'
  read.choice('OTEL_EXPORTER_OTLP_PROTOCOL', ['http/json'], 'http/json')
  return { wanted: !off && (everything ?? traces) !== undefined }
}

/** What is traced under the service name doca-`program`, unless OTEL_SERVICE_NAME says otherwise. */
export async function startTracing(program: string, version: string, { wanted }: TracingConfig): Promise<Tracing> {
  if (!wanted) return NO_TRACING
  const { openTracing } = await import('./open-telemetry.ts')
  return openTracing(program, version)
}
