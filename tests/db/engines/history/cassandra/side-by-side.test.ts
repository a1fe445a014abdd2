import { expect, test } from 'bun:test'
import type { Client } from 'cassandra-driver'
import { slices, writeSideBySide } from '../../../../../db/engines/history/cassandra/side-by-side.ts'

type Row = [partition: string, id: number]

/** Keeps the rows of each statement; `fail` fails those that hold the id. */
function recorder(fail?: number) {
  const statements: Row[][] = []
  const record = async (rows: Row[]) => {
    statements.push(rows)
    if (rows.some(([, id]) => id === fail)) throw new Error(`no ${fail}`)
  }
  const client = {
    execute: (_query: string, params: Row) => record([params]),
    batch: (items: Array<{ params: Row }>) => record(items.map(({ params }) => params)),
  } as unknown as Client
  return { client, statements }
}

const partitionOf = ([partition]: Row) => partition
const rowsOf = (count: number, partitions: number): Row[] =>
  Array.from({ length: count }, (_, id) => [`p${id % partitions}`, id])

test('rows of one partition go in one statement, in their order, and never with those of another', async () => {
  const { client, statements } = recorder()
  await writeSideBySide(client, 'insert', rowsOf(7, 3), partitionOf, 4)
  expect(statements.map((rows) => rows.map(([, id]) => id))).toEqual([
    [0, 3, 6],
    [1, 4],
    [2, 5],
  ])
})

test('a statement has at most 100 rows, and stops growing at 128 Ki characters', async () => {
  const { client, statements } = recorder()
  await writeSideBySide(client, 'insert', rowsOf(250, 1), partitionOf, 4)
  expect(statements.map((rows) => rows.length)).toEqual([100, 100, 50])
  const large = Array.from({ length: 5 }, () => ['p', 'x'.repeat(60 * 1024)])
  expect([...slices(large, 100, 128 * 1024)].map((rows) => rows.length)).toEqual([3, 2])
})

test('after a failure nothing more is begun', async () => {
  const { client, statements } = recorder(1)
  expect(writeSideBySide(client, 'insert', rowsOf(50, 50), partitionOf, 2)).rejects.toThrow('no 1')
  await Bun.sleep(0)
  expect(statements.length).toBeLessThan(6)
})
