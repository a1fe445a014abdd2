/** Storms on RabbitMQ, whose messages are with several consumers, and a consumer that is frozen with messages in hand. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { orders } from '../../consumers/orders.ts'
import { runQueue } from '../../consumers/run-queue.ts'
import { decideStorm, readConsumerState } from '../../db/dead-letters/storms.ts'
import { ORDERS_SOURCE } from '../../db/orders/deaths.ts'
import { readFlow } from '../../db/orders/flow.ts'
import { ORDERS_QUEUE } from '../../db/orders/message.ts'
import { openOrders, type OrdersFixture } from '../consumers/orders-fixture.ts'
import { onEngine } from '../kit/engines.ts'
import { until } from '../kit/program.ts'
import { removeQueues } from './rabbitmq-place.ts'

setDefaultTimeout(120_000)

const CHILD = join(import.meta.dir, '..', 'consumers', 'orders-child.ts')
const SOMEBODY = { actor_id: null, actor_name: 'ana', address: null, request_id: null }

onEngine('RabbitMQ', 'QUEUE_URL', (QUEUE_URL) => {
  const remove = () => removeQueues(QUEUE_URL, [ORDERS_QUEUE], [0, 10_000])
  let fixture: OrdersFixture
  const children: Bun.Subprocess[] = []
  beforeAll(async () => {
    await remove()
    fixture = await openOrders({ QUEUE_URL })
  })
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.kill('SIGKILL')
      await child.exited
    }
  })
  afterAll(async () => {
    await fixture.close()
    await remove()
  })

  test('two consumers to whom the broker hands half of a storm each pause, and nothing of it is dead', async () => {
    const { db, config, log } = fixture
    const running = await Promise.all([1, 2].map(() => runQueue(orders(db, config, log), db.queue, log)))
    const message = { headers: { version: '2', trace_id: 'x' }, body: new Uint8Array([123, 125]) }
    const storm = Array.from({ length: 30 }, () => ({ ...message, id: crypto.randomUUID() }))
    await db.queue.publish(ORDERS_QUEUE, storm)
    await until('a pause', async () => (await readConsumerState(db.sql, ORDERS_SOURCE)).state === 'paused')
    await until('all of it in the queue', async () => (await db.queue.depth(ORDERS_QUEUE)).ready === 30)
    expect(await fixture.dead()).toBeEmpty()
    await decideStorm(db.sql, ORDERS_SOURCE, 'dead_letter', SOMEBODY)
    await until('the end', fixture.isIdle)
    await until('the letters', async () => (await fixture.dead()).length === 30)
    for (const consumer of running) await consumer.stop()
    await db.sql`truncate letters, storms`
  })

  test('while a frozen consumer has messages of which nothing is known, they move; the flow is not off', async () => {
    const { db } = fixture
    const flow = () => readFlow({ ...db, databases: fixture.databases })
    const child = Bun.spawn(['bun', CHILD, 'consume'], {
      env: { ...process.env, ...fixture.env },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    children.push(child)
    await until('its subscription', async () => (await db.queue.depth(ORDERS_QUEUE)).elsewhere)
    child.kill('SIGSTOP')
    await fixture.fill(20, 0)
    await fixture.send()
    await until('the messages at the consumer', async () => (await db.queue.depth(ORDERS_QUEUE)).ready === 0)
    expect(await flow()).toMatchObject({ balance: 'moving', sent: 20, output: 0 })
    child.kill('SIGCONT')
    await until('the end', fixture.isIdle)
    await until('rest', async () => (await flow()).balance === 'at_rest')
    // One that is lost shows at once where no consumer may have it.
    child.kill('SIGKILL')
    await child.exited
    await until('no consumer', async () => !(await db.queue.depth(ORDERS_QUEUE)).elsewhere)
    const [lost] = await fixture.output()
    await fixture.databases.output.use(
      (sql, schema) => sql`delete from ${sql(schema)}.orders where message_id = ${lost!}`,
    )
    expect(await flow()).toMatchObject({ balance: 'off' })
  })
})
