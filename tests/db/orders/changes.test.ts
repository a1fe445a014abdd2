/** Notifications of orders that move: few, whatever the speed, and the last is not lost. */
import { expect, test } from 'bun:test'
import postgres from 'postgres'
import { announceOrderChanges, ORDERS_CHANGED } from '../../../db/orders/changes.ts'
import { createLog } from '../../../lib/log.ts'
import { testDatabase } from '../../kit/database.ts'
import { until } from '../../kit/program.ts'

test('a thousand changes at once are told once, and what is left is told at the end', async () => {
  const database = await testDatabase()
  const sql = postgres(database.url, { max: 2 })
  let told = 0
  await sql.listen(ORDERS_CHANGED, () => void told++)
  const { changed, close } = announceOrderChanges(sql, createLog('api', 'silent'))
  for (let i = 0; i < 1000; i++) changed()
  await until('the first', () => told === 1)
  await close()
  await until('the last', () => told === 2)
  await close()
  expect(told).toBe(2)
  await sql.end()
  await database.close()
})

test('a database that is away fails nobody', async () => {
  const sql = postgres('postgres://nobody@127.0.0.1:9/none', { max: 1, connect_timeout: 1 })
  const { changed, close } = announceOrderChanges(sql, createLog('api', 'silent'))
  changed()
  changed()
  await close()
  await sql.end()
})
