/**
 * Every hostile file as a drawing: a picture, or a sentence that is not that of a killed process, within 20 s of the processor and
 * 800 MB. Files at the limits of what is drawn are drawn within them. Prints what each took.
 */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { DEFAULT_LIMITS, MB } from '../../charts/limits.ts'
import { createPool } from '../../charts/pool/index.ts'
import { Refusal } from '../../charts/refusal.ts'
import { processorMs } from '../../lib/child/usage.ts'
import { watchTurns } from '../kit/busiest-turn.ts'
import { HOSTILE_CSV, HOSTILE_WORKBOOKS } from '../kit/hostile-files.ts'
import { csvOf, gridWorkbook, type CellValue } from '../kit/large-files.ts'
import { newPath } from '../kit/make-workbook.ts'

setDefaultTimeout(300_000)

/** 50 ms is the aim (`bun run bench spreadsheets`); a test leaves room for the collector of garbage. */
const TURN_MS = 150
const PROCESSOR_MS = 20_000
const RESIDENT_BYTES = 800 * MB

const table: { name: string; end: string; peak_mb: number; processor_s: number }[] = []
afterAll(() => console.table(table.toSorted((a, b) => b.peak_mb - a.peak_mb)))

/** In a process of its own, which has drawn nothing before. */
async function drawAlone(name: string, file: string, bytes: Uint8Array) {
  const path = newPath(file)
  await Bun.write(path, bytes)
  Bun.gc(true)
  const turns = watchTurns()
  const pool = createPool({ limits: DEFAULT_LIMITS, locale: 'pt-BR' })
  const drawing = pool.draw(path, file).then(
    ({ summary }) => ({ end: 'drawn', points: summary.points }),
    (err: unknown) => (err instanceof Refusal ? { end: err.code, points: 0 } : Promise.reject(err as Error)),
  )
  const [pid] = pool.pids()
  const used = { peak_mb: 0, processor_s: 0 }
  const sample = () => {
    const processor_ms = processorMs(pid!)
    if (Number.isNaN(processor_ms)) return
    // One that has ended has no memory any more.
    const [, peak_kb = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? []
    used.processor_s = Math.max(used.processor_s, processor_ms / 1000)
    used.peak_mb = Math.max(used.peak_mb, Math.round(Number(peak_kb) / 1024))
  }
  const timer = setInterval(sample, 20)
  const { end, points } = await drawing
  clearInterval(timer)
  sample()
  const longest_turn_ms = turns.stop()
  pool.close()
  await Bun.file(path).delete()
  table.push({ name, end, ...used })
  expect(used.peak_mb * MB).toBeLessThan(RESIDENT_BYTES)
  expect(used.processor_s * 1000).toBeLessThan(PROCESSOR_MS)
  return { end, points, longest_turn_ms }
}

const files = [
  ...Object.entries(HOSTILE_CSV).map(([name, make]) => [name, 'x.csv', make] as const),
  ...Object.entries(HOSTILE_WORKBOOKS).map(([name, make]) => [name, 'x.xlsx', make] as const),
]

test.each(files)('%s (%s)', async (name, file, make) => {
  const { end, longest_turn_ms } = await drawAlone(name, file, make())
  expect(longest_turn_ms).toBeLessThan(TURN_MS)
  expect(end).not.toMatch(/_limit$/)
})

const HEADERS = ['Cliente', 'Cidade', 'Produto', 'Valor', 'Quantidade', 'Frete']
const sales = (row: number, column: number): CellValue => {
  if (row === 0) return HEADERS[column]!
  return column < 3
    ? `${HEADERS[column]} ${(row * 7919) % [997, 91, 53][column]!}`
    : ((row * 31 + column) % 10_000) / 100
}
const allDifferent = (row: number, column: number): CellValue => {
  if (row === 0) return `C${column}`
  return column % 2 === 0 ? `N${row}-${column}-abcdefghij` : row * 1.5 + column
}
const oneLabel = (row: number, column: number): CellValue => {
  if (row === 0) return `C${column}`
  return column === 0 ? `N${row % 100}` : (row * 31 + column) % 1000
}

test.each([
  ['100,000 rows × 6', 'x.xlsx', () => gridWorkbook(100_001, 6, sales)],
  ['200,000 rows × 6', 'x.xlsx', () => gridWorkbook(200_000, 6, sales)],
  ['200,000 rows × 6, each text another', 'x.xlsx', () => gridWorkbook(200_000, 6, allDifferent)],
  ['200,000 rows × 15', 'x.xlsx', () => gridWorkbook(200_000, 15, oneLabel)],
  ['100,000 rows × 14, each text another', 'x.xlsx', () => gridWorkbook(100_000, 14, allDifferent)],
  ['5,000 rows × 500', 'x.xlsx', () => gridWorkbook(5_000, 500, oneLabel)],
  ['200,000 rows × 6', 'x.csv', () => csvOf(200_000, 6, sales)],
  ['190,000 rows × 15', 'x.csv', () => csvOf(190_000, 15, oneLabel)],
] as const)('%s (%s) are drawn', async (name, file, make) => {
  expect((await drawAlone(name, file, make())).end).toBe('drawn')
})
