import { afterEach, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { readTracingConfig, startTracing } from '../../../lib/tracing/start.ts'
import { NO_TRACING, passOn, type Tracing } from '../../../lib/tracing/tracing.ts'
import { ConfigError, envReader, type Env } from '../../../lib/env.ts'
import { createLog } from '../../../lib/log.ts'
import { watchStream } from '../../../db/engines/stream/watch.ts'
import type { Message, StoredMessage, Stream } from '../../../db/engines/stream/stream.ts'
import { NO_METRICS } from '../../../lib/metrics/metrics.ts'
import { otlpReceiver, type OtlpReceiver } from '../../kit/otlp-receiver.ts'
import { startProgram, until } from '../../kit/program.ts'
import { testDatabase } from '../../kit/database.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

const own = { ...process.env }
const receivers: OtlpReceiver[] = []
afterEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('OTEL_') && !(name in own)) delete process.env[name]
  for (const receiver of receivers.splice(0)) receiver.stop()
})

/** As a program would, with these variables and a receiver. */
async function traced(env: Env = {}, answers = true): Promise<{ tracing: Tracing; receiver: OtlpReceiver }> {
  const receiver = otlpReceiver({ answers })
  receivers.push(receiver)
  const all = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '20', ...env }
  Object.assign(process.env, all)
  return { tracing: await startTracing('test', '1.2.3', readTracingConfig(envReader(all))), receiver }
}

const WORK = { name: 'work', kind: 'internal' } as const
const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

test('without an endpoint, or where it is turned off, there is no tracing', async () => {
  const wanted = (env: Env) => readTracingConfig(envReader(env)).wanted
  const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:1'
  expect(wanted({})).toBe(false)
  expect(wanted({ OTEL_EXPORTER_OTLP_ENDPOINT })).toBe(true)
  expect(wanted({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:1/v1/traces' })).toBe(true)
  expect(wanted({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: 'true' })).toBe(false)
  expect(wanted({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER: 'none' })).toBe(false)
  expect(await startTracing('test', '1.2.3', { wanted: false })).toBe(NO_TRACING)
})

test('an endpoint that is no URL, and a protocol that we do not speak, are problems of the configuration', () => {
  const read = envReader({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })
  readTracingConfig(read)
  expect(read.finish).toThrow(ConfigError)
  expect(read.finish).toThrow(/OTEL_EXPORTER_OTLP_ENDPOINT[^]*OTEL_EXPORTER_OTLP_PROTOCOL/)
})

test('the packages of OpenTelemetry are imported by one file, which is imported only when tracing is wanted', async () => {
  const root = join(import.meta.dir, '../../..')
  const importers: string[] = []
  for await (const path of new Bun.Glob('{api,jobs,consumers,charts,db,lib,ops}/**/*.ts').scan(root)) {
    const text = await Bun.file(join(root, path)).text()
    if (/@opentelemetry\/|open-telemetry\.ts'/.test(text.replaceAll(/^\/\/.*$/gm, ''))) importers.push(path)
  }
  expect(importers.toSorted()).toEqual(['lib/tracing/open-telemetry.ts', 'lib/tracing/start.ts'])
  expect(await Bun.file(join(root, 'lib/tracing/start.ts')).text()).toContain("await import('./open-telemetry.ts')")
})

test('spans are sent with what the standard variables say', async () => {
  const { tracing, receiver } = await traced({
    OTEL_SERVICE_NAME: 'shop',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=tests',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=one,authorization=Basic%20abc',
  })
  tracing.span(WORK, (span) => {
    span.tell({ kept: 1 })
    tracing.part('inside', { 'db.system.name': 'postgresql' })!.end()
  })
  await tracing.stop()
  const [inside, work] = receiver.spans
  expect(work).toMatchObject({ name: 'work', service: 'shop', attributes: { kept: 1 }, status: { code: 0 } })
  expect(work!.resource).toMatchObject({ 'deployment.environment.name': 'tests', 'service.namespace': 'doca' })
  expect(inside).toMatchObject({ name: 'inside', traceId: work!.traceId, parentSpanId: work!.spanId })
  expect(receiver.headers[0]!.get('x-tenant')).toBe('one')
  expect(receiver.headers[0]!.get('authorization')).toBe('Basic abc')
})

test('the sampler decides about traces that begin here, and the parent about its own', async () => {
  const { tracing, receiver } = await traced({ OTEL_TRACES_SAMPLER: 'parentbased_always_off' })
  tracing.span(WORK, () => expect(tracing.part('inside', {})).toBeUndefined())
  tracing.span({ ...WORK, name: 'caused', parent: { traceparent: PARENT } }, () => {})
  await tracing.stop()
  expect(receiver.spans.map(({ name }) => name)).toEqual(['caused'])
})

test('a traceparent is accepted and passed on; one that is none begins a trace', async () => {
  const { tracing, receiver } = await traced()
  for (const traceparent of [
    PARENT,
    '',
    'x',
    PARENT.replace('0af7', 'zzzz'),
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
  ])
    tracing.span({ ...WORK, parent: { traceparent } }, () => {
      expect(tracing.carrier().traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
      expect(tracing.carrier().traceparent!.slice(3, 35)).toBe(tracing.traceId()!)
    })
  await tracing.stop()
  const [caused, ...others] = receiver.spans
  expect(caused).toMatchObject({ traceId: PARENT.slice(3, 35), parentSpanId: PARENT.slice(36, 52) })
  expect(others).toHaveLength(4)
  expect(new Set(others.map(({ traceId }) => traceId)).size).toBe(4)
  for (const { parentSpanId } of others) expect(parentSpanId).toBeUndefined()
})

test('what is thrown, at once or later, is the error of its span, and goes on', async () => {
  const { tracing, receiver } = await traced()
  const fail = (): never => {
    throw new Error('no such thing')
  }
  expect(() => tracing.span(WORK, fail)).toThrow('no such thing')
  expect(tracing.span(WORK, async () => fail())).rejects.toThrow('no such thing')
  expect(await tracing.span(WORK, async () => 7)).toBe(7)
  await tracing.stop()
  expect(receiver.spans.map(({ status }) => [status.code, status.message])).toEqual([
    [2, 'no such thing'],
    [2, 'no such thing'],
    [0, undefined],
  ])
})

test('spans of different work that runs at the same time are not mixed up', async () => {
  const { tracing } = await traced()
  const ids = await Promise.all(
    Array.from({ length: 20 }, () =>
      tracing.span(WORK, async () => {
        const before = tracing.traceId()
        await new Promise((resolve) => setImmediate(resolve))
        expect(tracing.traceId()).toBe(before!)
        return before
      }),
    ),
  )
  expect(new Set(ids).size).toBe(20)
  expect(tracing.traceId()).toBeUndefined()
  await tracing.stop()
})

test('a receiver that never answers costs neither the work nor more than two seconds at the end', async () => {
  const { tracing, receiver } = await traced({}, false)
  const begun_at = performance.now()
  // More than its queue holds.
  for (let i = 0; i < 10_000; i++) tracing.span(WORK, () => {})
  await until('a request', () => receiver.headers.length > 0)
  expect(performance.now() - begun_at).toBeLessThan(5_000)
  const stopped_at = performance.now()
  await tracing.stop()
  expect(performance.now() - stopped_at).toBeLessThan(3_000)
})

test('a receiver that is away is told in the log, once', async () => {
  const { tracing, receiver } = await traced({ OTEL_EXPORTER_OTLP_TIMEOUT: '100' })
  receiver.stop()
  const warnings: string[] = []
  const log = createLog('test', 'silent')
  log.warn = ((_: object, sentence: string) => void warnings.push(sentence)) as typeof log.warn
  tracing.reportTo(log)
  for (let i = 0; i < 3; i++) {
    tracing.span(WORK, () => {})
    await until('the report', () => warnings.length > 0)
  }
  await tracing.stop()
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toStartWith('traces cannot be sent; spans are dropped')
})

test('a program whose receiver never answers works, and stops cleanly', async () => {
  const receiver = otlpReceiver({ answers: false })
  receivers.push(receiver)
  const database = await testDatabase()
  const program = startProgram('consumers/main.ts', [], {
    DATABASE_URL: database.url,
    DATA_DIR: temporaryFolder(),
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  })
  await until('ready', () => program.output().includes('"ready"'), 60_000, program.output)
  program.kill('SIGTERM')
  const stopped_at = performance.now()
  expect(await program.exited).toBe(0)
  expect(performance.now() - stopped_at).toBeLessThan(10_000)
  await database.close()
})

/** A stream that hands what it is given to its consumer, all in one batch. */
function batchOf(given: Message[]): Stream {
  const messages = given.map(({ key, value, headers = {} }, offset): StoredMessage => ({
    topic: 't',
    partition: 0,
    offset,
    key,
    value,
    headers,
    produced_at: new Date(),
  }))
  return {
    async consume({ onBatch }) {
      await onBatch(messages, new AbortController().signal)
      return { stop: async () => {} }
    },
    produce: async () => {},
    lag: async () => [],
    list: async () => ({ topics: [], groups: [] }),
    kept: async () => [],
    forget: async () => true,
    close: async () => {},
  }
}

test('a batch of several traces is one of its own, with a span in each that links to it', async () => {
  const { tracing, receiver } = await traced()
  const other = PARENT.replaceAll('0af7', '1bf8')
  const messages = [PARENT, other, PARENT].map((traceparent) => ({
    key: null,
    value: new Uint8Array(),
    headers: { traceparent },
  }))
  const stream = watchStream(batchOf(messages), 'postgresql', { metrics: NO_METRICS, tracing })
  await stream.consume({
    group: 'g',
    topic: 't',
    from: 'earliest',
    onBatch: async () => tracing.part('write', {})!.end(),
  })
  await tracing.stop()
  const inTrace = (traceparent: string) => receiver.spans.filter(({ traceId }) => traceId === traceparent.slice(3, 35))
  const batch = receiver.spans.find(({ links }) => links.length === 2)!
  for (const traceparent of [PARENT, other]) {
    const [span, ...more] = inTrace(traceparent)
    expect(more).toEqual([])
    expect(span).toMatchObject({ parentSpanId: traceparent.slice(36, 52), links: [{ spanId: batch.spanId }] })
  }
  expect(receiver.spans.find(({ name }) => name === 'write')).toMatchObject({ parentSpanId: batch.spanId })
})

test('a process without spans of its own hands on the one that it is a part of', async () => {
  const sent: Message[] = []
  const plain: Stream = { ...batchOf([]), produce: async (_, messages) => void sent.push(...messages) }
  const tracing = passOn({ traceparent: PARENT })
  const stream = watchStream(plain, '', { metrics: NO_METRICS, tracing })
  const own_trace = PARENT.replaceAll('0af7', '1bf8')
  await stream.produce('t', [
    { key: null, value: new Uint8Array() },
    { key: null, value: new Uint8Array(), headers: { traceparent: own_trace } },
  ])
  expect(sent.map(({ headers }) => headers?.traceparent)).toEqual([PARENT, own_trace])
})
