/** Every hostile file as a drawing: a picture, or a sentence that is not that of a killed process. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { DEFAULT_LIMITS } from '../../charts/limits.ts'
import { createPool } from '../../charts/pool/index.ts'
import { Refusal } from '../../charts/refusal.ts'
import { watchTurns } from '../kit/busiest-turn.ts'
import { HOSTILE_CSV, HOSTILE_WORKBOOKS } from '../kit/hostile-files.ts'
import { newPath } from '../kit/make-workbook.ts'

setDefaultTimeout(120_000)

const pool = createPool({ limits: DEFAULT_LIMITS, locale: 'pt-BR' })
afterAll(() => pool.close())

/** 50 ms is the aim (`bun run bench spreadsheets`); a test leaves room for the collector of garbage. */
const TURN_MS = 150

const files = [
  ...Object.entries(HOSTILE_CSV).map(([name, make]) => [name, 'x.csv', make] as const),
  ...Object.entries(HOSTILE_WORKBOOKS).map(([name, make]) => [name, 'x.xlsx', make] as const),
]

test.each(files)('%s (%s)', async (_, name, make) => {
  const path = newPath(name)
  await Bun.write(path, make())
  Bun.gc(true)
  const turns = watchTurns()
  const code = await pool.draw(path, name).then(
    () => 'drawn',
    (err: unknown) => (err instanceof Refusal ? err.code : Promise.reject(err as Error)),
  )
  expect(turns.stop()).toBeLessThan(TURN_MS)
  expect(code).not.toMatch(/_limit$/)
  await Bun.file(path).delete()
})
