import { afterEach, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ChildFailed, ChildWorker } from '../../../lib/child/child-worker.ts'
import { isRunning, until } from '../../kit/program.ts'
import type { Order } from './take-orders.ts'

setDefaultTimeout(120_000)

const MB = 1024 * 1024
const started: ChildWorker<Order, unknown>[] = []
afterEach(() => started.splice(0).forEach((worker) => worker.end()))

function start(): ChildWorker<Order, unknown> {
  const worker = new ChildWorker<Order, unknown>(join(import.meta.dir, 'take-orders.ts'))
  started.push(worker)
  return worker
}
const thrownBy = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing',
    (err: unknown) => err,
  )

test('one process answers one order after another, also with many bytes, and knows nothing of our environment', async () => {
  process.env.DOCA_TEST_SECRET = 'hunter2'
  const worker = start()
  expect(await worker.ask({ echo: { text: 'é', at: new Date(0) } }, {})).toEqual({ text: 'é', at: new Date(0) })
  const bytes = new Uint8Array(8 * MB).fill(7)
  expect(await worker.ask({ echo: bytes }, {})).toEqual(bytes)
  expect(await worker.ask({ env: 'DOCA_TEST_SECRET' }, {})).toBeUndefined()
  expect(worker.residentBytes()).toBeGreaterThan(8 * MB)
  delete process.env.DOCA_TEST_SECRET
})

test('code that fails is told with where it failed, and the process lives on', async () => {
  const worker = start()
  const thrown = await thrownBy(worker.ask({ fail: 'no such sheet' }, {}))
  expect(thrown).toBeInstanceOf(ChildFailed)
  expect((thrown as Error).message).toMatch(/no such sheet[^]*take-orders\.ts/)
  expect(worker.usable()).toBe(true)
  expect(await worker.ask({ echo: 1 }, {})).toBe(1)
})

test.each([
  ['time', { spin: true }, { time_ms: 100 }],
  ['time', { spin: true }, { processor_ms: 100 }],
  ['memory', { grow_mb: 300 }, { memory_bytes: 200 * MB }],
] as const)('beyond its limit of %s it is really killed, and told why', async (limit, order, limits) => {
  const worker = start()
  await worker.ask({ echo: 'up' }, limits)
  const thrown = await thrownBy(worker.ask(order, limits))
  expect(thrown).toBeInstanceOf(ChildFailed)
  expect((thrown as ChildFailed).reached?.limit).toBe(limit)
  expect(isRunning(worker.pid)).toBe(false)
  expect(worker.usable()).toBe(false)
  expect(await thrownBy(worker.ask({ echo: 1 }, {}))).toBe(thrown)
})

test('what a process used for orders before, and time in which it waits, are not of its limit on the processor', async () => {
  const worker = start()
  await worker.ask({ spin_ms: 300 }, {})
  expect(await worker.ask({ wait_ms: 300 }, { processor_ms: 250 })).toBe('waited')
})

test('an order that is called off ends the process', async () => {
  const worker = start()
  const called_off = new AbortController()
  const asked = thrownBy(worker.ask({ spin: true }, {}, called_off.signal))
  called_off.abort('enough')
  expect(await asked).toBe('enough')
  // Who took it for usable until its exit was seen would give it the next order, which would fail.
  expect(worker.usable()).toBe(false)
  await until('its process to end', () => !isRunning(worker.pid))
})

test('a process that was told to end takes no more orders, also before it has ended', async () => {
  const worker = start()
  expect(await worker.ask({ echo: 1 }, {})).toBe(1)
  worker.end()
  expect(worker.usable()).toBe(false)
  expect(await thrownBy(worker.ask({ echo: 1 }, {}))).toBeInstanceOf(ChildFailed)
})

test('a process that ends by itself, or is killed by another, is told as that', async () => {
  expect(await thrownBy(start().ask({ exit: 3 }, {}))).toMatchObject({ message: 'the process ended with code 3' })
  const worker = start()
  const asked = thrownBy(worker.ask({ spin: true }, {}))
  process.kill(worker.pid, 'SIGKILL')
  expect(await asked).toMatchObject({ name: 'ChildFailed', signal: 'SIGKILL' })
})

test('when its parent dies by kill -9, a process that keeps its processor busy ends as well', async () => {
  const parent = Bun.spawn([process.execPath, join(import.meta.dir, 'start-spinning.ts')], { stdout: 'pipe' })
  const { value } = await parent.stdout.getReader().read()
  const pid = Number(new TextDecoder().decode(value))
  // Ticks of 10 ms: starting takes far fewer.
  await until('the child to be busy', () => Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(' ')[13]) > 30)
  parent.kill('SIGKILL')
  await until('the child to end', () => !isRunning(pid))
})
