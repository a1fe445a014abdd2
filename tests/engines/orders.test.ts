/** Orders on RabbitMQ and MongoDB: what is left of them when programs are killed, and a message that is told not to wait. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { orders } from '../../consumers/orders.ts'
import { runQueue } from '../../consumers/run-queue.ts'
import { ATTEMPTS_COLLECTION } from '../../db/orders/journal.ts'
import { ORDERS_QUEUE } from '../../db/orders/message.ts'
import { retryNow } from '../../db/orders/status.ts'
import { crashContract } from '../consumers/orders-crash.ts'
import { openOrders } from '../consumers/orders-fixture.ts'
import { modelContract } from '../consumers/orders-model/contract.ts'
import { onEngine } from '../kit/engines.ts'
import { freshMongo } from '../kit/mongo-database.ts'
import { until } from '../kit/program.ts'
import { byHand, passDelay, purgeQueues, removeQueues } from './rabbitmq-place.ts'

setDefaultTimeout(600_000)

const HOUR_MS = 3_600_000

onEngine('RabbitMQ', 'QUEUE_URL', (QUEUE_URL) =>
  onEngine('MongoDB', 'JOURNAL_URL', (url) => {
    const journal = freshMongo(url)
    const engines = { QUEUE_URL, JOURNAL_URL: journal.url }
    // The name is the system's own: whatever another suite left there would be met here.
    const remove = () => removeQueues(QUEUE_URL, [ORDERS_QUEUE], [0, HOUR_MS, 10_000])
    // Not the collection, whose index is made once per process.
    const emptyJournal = () => journal.database.collection(ATTEMPTS_COLLECTION).deleteMany({})
    beforeAll(remove)
    afterAll(async () => {
      await remove()
      await journal.drop()
    })

    describe('orders on RabbitMQ and MongoDB outlive', () =>
      crashContract(engines, async () => void (await emptyJournal())))

    describe.each([
      ['RabbitMQ and MongoDB', engines, 30],
      ['RabbitMQ', { QUEUE_URL }, 10],
      ['MongoDB', { JOURNAL_URL: journal.url }, 10],
    ] as const)('orders on %s', (_, some, runs) => {
      const onBroker = 'QUEUE_URL' in some
      modelContract({
        engines: some,
        runs,
        empty: () => Promise.all([emptyJournal(), onBroker && purgeQueues(QUEUE_URL, ORDERS_QUEUE, [HOUR_MS])]),
        ...(onBroker && { passDelays: () => passDelay(QUEUE_URL, ORDERS_QUEUE, HOUR_MS) }),
      })
    })

    test('a message without an id, and one of somebody else, are dead with a reason', async () => {
      const fixture = await openOrders(engines)
      await fixture.db.queue.publish(ORDERS_QUEUE, [])
      const consumer = await fixture.start()
      const bodies = ['{', '{"price": 1}']
      await byHand(QUEUE_URL, async (channel) => {
        for (const body of bodies) channel.sendToQueue(ORDERS_QUEUE, Buffer.from(body))
        channel.sendToQueue(ORDERS_QUEUE, Buffer.from('{'), { headers: { version: '1', trace_id: 'x' } })
        await channel.close()
      })
      await until('the letters', async () => (await fixture.dead()).length === 3)
      await consumer.stop()
      expect((await fixture.dead()).map(({ reason }) => reason).toSorted()).toEqual([
        'header_missing',
        'header_missing',
        'not_json',
      ])
      await fixture.close()
    })

    test('a message that waits for its delay can have its next attempt now', async () => {
      const fixture = await openOrders({ ...engines, ORDERS_RETRY_DELAY_S: '3600' })
      const { db, config, log } = fixture
      await fixture.fill(40, 1)
      await fixture.send()
      const consumer = await runQueue(orders(db, config, log), db.queue, log)
      const retrying = () => db.sql<{ message_id: string }[]>`
        select message_id from order_messages where state = 'retrying' and attempt = 1`
      await until('the first attempts', async () => (await retrying()).length === 40)
      const [{ message_id }] = (await retrying()) as unknown as [{ message_id: string }]
      const actor = { actor_id: null, actor_name: 'test', address: null, request_id: null }
      expect(await retryNow(db, message_id, actor)).toEqual({ message_id, attempt: 2 })
      await until('its second', async () => (await fixture.journal(message_id)).length === 2)
      await consumer.stop()
      await fixture.close()
    })
  }),
)
