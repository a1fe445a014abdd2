/** Order systems and their output in databases of their own are in the archive, and come back. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { openAlone } from '../../../db/engines/postgres/open-alone.ts'
import { drill } from '../../../db/backup/drill.ts'
import { makeBackup } from '../../../db/backup/make-backup.ts'
import { databasesAt } from '../../../db/backup/plan.ts'
import { restore } from '../../../db/backup/restore.ts'
import { openOrdersDatabases } from '../../../db/orders/databases.ts'
import { fillOrders } from '../../../db/orders/fill.ts'
import { writeOutput } from '../../../db/orders/output.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { emptyPlace, place, type Place } from './place.ts'

setDefaultTimeout(120_000)

interface Shop {
  main: Place
  system: TestDatabase
  output: TestDatabase
}

let here: Shop
let there: Shop & { main: Awaited<ReturnType<typeof emptyPlace>> }
beforeAll(async () => {
  const bare = () => testDatabase({ bare: true })
  const [main, system, output] = await Promise.all([place(), bare(), bare()])
  here = { main, system, output }
  const [other, other_system, other_output] = await Promise.all([emptyPlace(), bare(), bare()])
  there = { main: other, system: other_system, output: other_output }
  // Under the name that programs have nobody is connected.
  await Promise.all([other_system, other_output].map(({ sql }) => sql.end()))
})
afterAll(async () => {
  for (const { main, system, output } of [here, there]) for (const one of [main, system, output]) await one.close()
})

/** The system `b` and the output, where they are the same database twice, are in it once; `a` is a schema of the main one. */
const urls = ({ system, output }: Shop) => ({
  systems: [
    { name: 'a', url: undefined },
    { name: 'b', url: system.url },
    { name: 'c', url: `${system.url}?application_name=c` },
  ],
  output_url: output.url,
})
const planOf = (shop: Shop) => ({ ...shop.main, databases: databasesAt(shop.main.database.url, urls(shop)) })

async function rowsOf(url: string, table: string): Promise<unknown[]> {
  const sql = openAlone(url, 'a test')
  const rows = await sql.unsafe(`select * from ${table} order by id`)
  await sql.end()
  return [...rows]
}

test('each is in the archive once, as of one snapshot; a drill and a restore bring every row, index and number back', async () => {
  const databases = openOrdersDatabases(urls(here), here.main.database.url)
  for (const name of ['a', 'b']) await fillOrders(databases.system(name), 500, 0.3)
  const message = {
    origin: 'b',
    order_id: 1,
    product: 'Caixa',
    price: '1.97',
    security_check: true,
    required_attempts: 1,
  }
  await writeOutput(databases.output, [{ ...message, message_id: crypto.randomUUID() }])
  await databases.close()

  const plan = planOf(here)
  const made = await makeBackup(plan)
  expect(await drill(plan)).toMatchObject({ databases: 3, rows: made.rows })

  const open = async () => ({ ...(await there.main.open()), databases: planOf(there).databases })
  const restored = await restore(made.path, open, { key: undefined })
  expect(restored).toMatchObject({ rows: made.rows, lost: [] })
  for (const [from, to, table, count] of [
    [here.main.database, there.main.database, 'system_a.orders', 500],
    [here.system, there.system, 'orders', 500],
    [here.output, there.output, 'orders', 1],
  ] as const) {
    const rows = await rowsOf(to.url, table)
    expect(rows).toHaveLength(count)
    expect(rows).toEqual(await rowsOf(from.url, table))
  }
  // The next row has the next number, and the tables are whole: nothing is made again.
  const again = openOrdersDatabases(urls(there), there.main.database.url, { make_tables: false })
  expect(await fillOrders(again.system('b'), 1, 0)).toMatchObject({ from: 501, to: 501 })
  await again.close()
})

test('a system that is away fails the backup by its name, and leaves no archive', async () => {
  const gone = new URL(here.system.url)
  gone.pathname = '/nobody'
  const systems = [{ name: 'far', url: gone.href }]
  const databases = databasesAt(here.main.database.url, { systems, output_url: undefined })
  await expect(makeBackup({ ...here.main, databases })).rejects.toMatchObject({
    code: 'backup_unreachable',
    message: expect.stringContaining('"system_far"'),
  })
})

test('where one goes into the database of another, a restore is refused; into a folder of its own it leaves them, and says so', async () => {
  const made = await makeBackup(planOf(here))
  const main = await emptyPlace()
  try {
    const both = { systems: [{ name: 'b', url: main.database.url }], output_url: there.output.url }
    const open = (orders?: typeof both) => async () => ({
      ...(await main.open()),
      databases: databasesAt(main.database.url, orders),
    })
    const code = 'restore_no_place'
    await expect(restore(made.path, open(both), { key: undefined })).rejects.toMatchObject({ code })
    await expect(restore(made.path, open(), { key: undefined })).rejects.toMatchObject({ code })
    const { lost } = await restore(made.path, open(), { key: undefined, partly: true })
    expect(lost).toEqual([
      'Not restored: the database "system_b" (rows: 500), which has no place here',
      'Not restored: the database "output" (rows: 1), which has no place here',
    ])
    expect(await rowsOf(main.database.url, 'system_a.orders')).toHaveLength(500)
  } finally {
    await main.close()
  }
})
