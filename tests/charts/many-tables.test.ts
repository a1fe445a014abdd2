/** A sheet of tens of thousands of small tables is looked through once, not once for each of them. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { pickTables } from '../../charts/table/pick-table.ts'
import { typeColumns } from '../../charts/table/type-columns.ts'
import { NUMBER, TEXT, type CellRange, type Row, type Sheet } from '../../lib/spreadsheet/cells.ts'

setDefaultTimeout(120_000)

type Values = (string | number)[][]

/** Blank rows between the blocks; the labels of each are merged. */
function sheetOf(blocks: number, block: Values): Sheet {
  const rows: Row[] = []
  const merges: CellRange[] = []
  let number = 1
  for (let at = 0; at < blocks; at++) {
    merges.push({ top: number + 1, bottom: number + 2, left: 0, right: 0 })
    for (const values of block)
      rows.push({
        number: number++,
        cells: values.map((value) => ({ value, format: typeof value === 'number' ? NUMBER : TEXT })),
      })
    number += 3
  }
  return { name: 'a', hidden: false, rows, merges }
}

const TYPED = 500

/** Of this process: others on the machine take none of it. */
function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Milliseconds of the processor to find all tables, and to read the first of them. */
async function look(blocks: number, block: Values): Promise<{ found_ms: number; typed_ms: number }> {
  const sheet = sheetOf(blocks, block)
  const started = processorMs()
  const { tables } = await pickTables(
    (async function* () {
      yield sheet
    })(),
  )
  const found = processorMs()
  for (const table of tables.slice(0, TYPED)) typeColumns(table, { decimal: ',', dayOrder: 'dmy' })
  expect(tables).toHaveLength(blocks)
  return { found_ms: found - started, typed_ms: processorMs() - found }
}

test('eight times as many tables take about eight times as long, and each of them as long as before', async () => {
  const block: Values = [
    ['Nome', 'Valor'],
    ['um', 1],
    ['outro', 2],
  ]
  await look(500, block)
  const few = await look(2_500, block)
  const many = await look(20_000, block)
  // Where each looks through the sheet, they take 64 times as long, and eight times to read.
  expect(many.found_ms / few.found_ms).toBeLessThan(32)
  expect(many.typed_ms / few.typed_ms).toBeLessThan(5)
})

test('rows of words below a number are each looked at a few times', async () => {
  const block = (count: number): Values => [
    ['Nome', 'Valor'],
    ['a', 1],
    ['b', 2],
    ...Array.from({ length: count }, (_, at) => [`n${at}`, at % 2 ? 'azul' : 'verde']),
  ]
  const few = await look(1, block(5_000))
  const many = await look(1, block(40_000))
  expect(many.found_ms / few.found_ms).toBeLessThan(32)
})
