import { afterEach, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { createPool, type DrawingPool, type PoolOptions } from '../../charts/pool/index.ts'
import { ChildFailed } from '../../lib/child/child-worker.ts'
import { DEFAULT_LIMITS, MB, type Limits } from '../../charts/limits.ts'
import { Refusal } from '../../charts/refusal.ts'
import { isRunning, until } from '../kit/program.ts'
import { FIXTURES, newPath, slowCsv } from '../kit/make-workbook.ts'

setDefaultTimeout(120_000)

const SMALL = join(FIXTURES, 'sales-estimate.xlsx')
const slow = newPath('slow.csv')
await Bun.write(slow, slowCsv())

const open: DrawingPool[] = []
afterEach(() => open.splice(0).forEach((pool) => pool.close()))

function newPool(limits: Partial<Limits> = {}, options: Partial<PoolOptions> = {}): DrawingPool {
  const pool = createPool({ limits: { ...DEFAULT_LIMITS, ...limits }, locale: 'pt-BR', ...options })
  open.push(pool)
  return pool
}

test("one process draws one workbook after another, without its poller's secrets, and ends when there is nothing to do", async () => {
  process.env.DOCA_TEST_SECRET = 'hunter2'
  const pool = newPool({}, { idle_ms: 300 })
  const first = await pool.draw(SMALL, 'a.xlsx')
  const [pid] = pool.pids()
  expect(first.summary.title).toBe('Current Price e New Product Price por Name')
  expect(Buffer.from(first.png).toString('latin1', 1, 4)).toBe('PNG')
  await pool.draw(SMALL, 'a.xlsx')
  expect(pool.pids()).toEqual([pid!])
  const environment = await Bun.file(`/proc/${pid}/environ`).text()
  delete process.env.DOCA_TEST_SECRET
  expect(environment).toContain('PATH=')
  expect(environment).not.toContain('hunter2')
  await until('the idle process to end', () => pool.pids().length === 0 && !isRunning(pid!))
})

test('a refusal comes back as one, and the process lives on', async () => {
  const pool = newPool()
  const path = newPath('x.xlsx')
  await Bun.write(path, 'nothing')
  const refused = await pool.draw(path, 'x.xlsx').catch((err: unknown) => err)
  expect(refused).toBeInstanceOf(Refusal)
  expect((refused as Refusal).code).toBe('not_a_workbook')
  expect(pool.pids()).toHaveLength(1)
})

test('kill -9 of a drawing process fails that drawing at once, and the next gets another process', async () => {
  const pool = newPool()
  await pool.draw(SMALL, 'a.xlsx')
  const [pid] = pool.pids()
  const drawing = pool.draw(slow, 'slow.csv').catch((err: unknown) => err)
  await Bun.sleep(0)
  process.kill(pid!, 'SIGKILL')
  expect(await drawing).toBeInstanceOf(ChildFailed)
  expect((await pool.draw(SMALL, 'a.xlsx')).summary.points).toBe(12)
  expect(pool.pids()).not.toContain(pid!)
})

test('a workbook that takes too long or too much memory is refused and its process ended', async () => {
  const cases: Array<[Partial<Limits>, string]> = [
    [{ time_s: 0.05 }, 'time_limit'],
    [{ memory_bytes: 40 * MB }, 'memory_limit'],
  ]
  for (const [limits, code] of cases) {
    const pool = newPool(limits)
    const drawing = pool.draw(slow, 'slow.csv').catch((err: unknown) => err)
    const [pid] = pool.pids()
    expect(((await drawing) as Refusal).code).toBe(code as Refusal['code'])
    await until('its process to end', () => !isRunning(pid!))
  }
})

test('a workbook whose process has grown over others before it is drawn by a new one; one that is too much by itself is refused', async () => {
  const pool = newPool({ memory_bytes: 400 * MB }, { program: join(import.meta.dir, 'growing-worker.ts') })
  const drawnBy = async (name: string) => (await pool.draw(SMALL, name)).svg
  const first = await drawnBy('a')
  const second = await drawnBy('b')
  expect(second).not.toBe(first)
  expect(pool.pids()).toEqual([Number(second)])
  const refused = await pool.draw(SMALL, 'greedy').catch((err: unknown) => err)
  expect((refused as Refusal).code).toBe('memory_limit')
  expect(await drawnBy('c')).toMatch(/^\d+$/)
})

test('a drawing that is called off ends its process', async () => {
  const pool = newPool()
  const controller = new AbortController()
  const drawing = pool.draw(slow, 'slow.csv', controller.signal).catch((err: unknown) => err)
  const [pid] = pool.pids()
  controller.abort(new Error('called off'))
  expect(await drawing).toMatchObject({ message: 'called off' })
  await until('its process to end', () => !isRunning(pid!))
})
