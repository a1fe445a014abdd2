/** What only the queue on PostgreSQL can be asked: its tables are moved under it. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import pino from 'pino'
import type { Delivery } from '../../../db/queue/index.ts'
import { createSqlQueue } from '../../../db/queue/sql.ts'
import { claimMessages, settleMessages } from '../../../db/queue/sql/messages.ts'
import { testDatabase, type TestDatabase } from '../../database.ts'
import { until } from '../../e2e/program.ts'

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

const log = pino({ level: 'silent' })
const message = (id: string) => ({ id, body: new TextEncoder().encode(id) })

test('a decision about a message that was claimed again has no effect, and its handler hears of it', async () => {
  const { sql } = database
  const queue = createSqlQueue(sql, { log, lease_ms: 150, poll_ms: 600_000 })
  const begun: Array<{ delivery: Delivery; signal: AbortSignal }> = []
  const gate = Promise.withResolvers<void>()
  const consumer = await queue.consume(
    { name: 'taken', max_attempts: 5, retry_delay_ms: 0 },
    async (delivery, signal) => {
      begun.push({ delivery, signal })
      await gate.promise
      return 'drop'
    },
  )
  await queue.publish('taken', [message('m')])
  await until('the delivery', () => begun.length === 1)
  await sql`
    update queue_messages set attempt = 2, consumer = ${Bun.randomUUIDv7()}, available_at = now() + interval '1 hour'
    where queue = 'taken'`
  await until('its abort', () => begun[0]!.signal.aborted)
  gate.resolve()
  await consumer.stop()
  expect(await queue.depth('taken')).toEqual({ ready: 0, delayed: 0, in_flight: 1, dead: 0 })
})

test('a message that is handed back unhandled has not used an attempt', async () => {
  const { sql } = database
  const consumer = Bun.randomUUIDv7()
  const claim = { queue: 'returned', consumer, max: 10, max_attempts: 1, lease_ms: 60_000 }
  await createSqlQueue(sql, { log }).publish('returned', [message('m')])
  const first = await claimMessages(sql, claim)
  expect(first.deliveries.map(({ attempt }) => attempt)).toEqual([1])
  const settings = { queue: 'returned', consumer, retry_delay_ms: 60_000 }
  await settleMessages(sql, settings, [{ id: 'm', attempt: 1, result: 'return', reason: '' }])
  const second = await claimMessages(sql, claim)
  expect(second.deliveries.map(({ attempt }) => attempt)).toEqual([1])
})

test('a batch is claimed in the order in which it was published', async () => {
  const { sql } = database
  const ids = Array.from({ length: 50 }, (_, i) => `m${i}`)
  await createSqlQueue(sql, { log }).publish('ordered', ids.map(message))
  const claim = { queue: 'ordered', consumer: Bun.randomUUIDv7(), max: 30, max_attempts: 1, lease_ms: 60_000 }
  const claimed = [await claimMessages(sql, claim), await claimMessages(sql, claim)]
  expect(claimed.flatMap(({ deliveries }) => deliveries.map(({ id }) => id))).toEqual(ids)
  expect(claimed.map(({ found }) => found)).toEqual([30, 20])
})
