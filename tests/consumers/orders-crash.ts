/** What is left of orders when senders, consumers and drivers of replays are killed between any two steps, on any engines. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { orders, STEPS } from '../../consumers/orders.ts'
import { runReplays } from '../../consumers/replays.ts'
import { runQueue } from '../../consumers/run-queue.ts'
import { findReplay } from '../../db/dead-letters/replays/replays.ts'
import { startReplay } from '../../db/dead-letters/replays/start.ts'
import { explainFlow, readFlow } from '../../db/orders/flow.ts'
import { ordersReplays } from '../../db/orders/replay-source.ts'
import { startProgram, until } from '../kit/program.ts'
import { openOrders, type OrdersFixture } from './orders-fixture.ts'

const NOBODY = { actor_id: null, actor_name: 'test', address: null, request_id: null }

/** `empty` removes what `engines` hold. */
export function crashContract(engines: Record<string, string>, empty = async () => {}): void {
  let fixture: OrdersFixture
  beforeAll(async () => void (fixture = await openOrders(engines)))
  beforeEach(async () => {
    await fixture.empty()
    await empty()
  })
  afterAll(() => fixture.close())

  /** Runs the child until it has killed itself. */
  async function killed(...words: string[]): Promise<void> {
    const child = startProgram('tests/consumers/orders-child.ts', words, fixture.env)
    await Promise.race([child.exited, Bun.sleep(60_000)])
    expect([words, await child.exited, child.output()]).toEqual([words, 137, ''])
    await releaseLeases()
  }

  /** As if the dead consumer's leases had ended by themselves; a broker notices by the connection. */
  const releaseLeases = () => fixture.db.sql`update queue_messages set lease_until = now() where lease_until > now()`

  async function expectBalance(): Promise<void> {
    expect(await fixture.misfits()).toEqual([])
    const context = { ...fixture.db, databases: fixture.databases }
    expect(await readFlow(context)).toMatchObject({ balance: 'at_rest' })
    expect(await explainFlow(context, 10)).toEqual([])
  }

  test.each(['locked', 'published'])('a sender that is killed when its rows are %s', async (step) => {
    await fixture.fill(1500)
    // In its second batch.
    await killed('send', step, '2')
    await until('the rows', async () => (await fixture.rows()).filter(({ sent_at }) => sent_at).length === 1000)
    await fixture.drain()
    await fixture.send()
    await fixture.drain()
    await expectBalance()
  })

  test.each(STEPS.flatMap((step) => [1, 40].map((nth) => [step, nth] as const)))(
    'a consumer that is killed after the step %s, at its message %d',
    async (step, nth) => {
      await fixture.fill(60)
      await fixture.fill(40, 0.5, fixture.b)
      await fixture.send()
      await fixture.send(fixture.b)
      await killed('consume', step, String(nth))
      await fixture.drain()
      await expectBalance()
    },
  )

  test.each(['claimed', 'published'])('a driver of replays that is killed when its letters are %s', async (step) => {
    const { db, config, log, databases } = fixture
    await fixture.fill(60, 0.5)
    await fixture.send()
    await fixture.drain()
    const dead = (await fixture.dead()).length
    const asked = { name: 'again', source: 'orders', filter: {}, rate_per_s: 40, canary: 0 }
    const { id } = await startReplay(db.sql, asked, NOBODY)
    const consumer = await runQueue(orders(db, config, log), db.queue, log)
    // In its second batch.
    await killed('replay', step, '2')
    await db.sql`update replays set lease_until = now()`
    const driver = await runReplays(ordersReplays(db.queue), db.sql, log)
    await until('its end', async () => (await findReplay(db.sql, id)).finished_at)
    await driver.stop()
    await consumer.stop()
    expect(await findReplay(db.sql, id)).toMatchObject({ state: 'done', published: dead, died_again: dead })
    const letters = await db.sql<{ replay: number; state: string; count: number }[]>`
      select replay, state, count(*)::int as count from letters group by 1, 2 order by 1`
    expect(letters).toEqual([
      { replay: 0, state: 'replayed', count: dead },
      { replay: 1, state: 'dead', count: dead },
    ] as never)
    for (const { message_id } of await fixture.dead()) {
      const attempts = await fixture.journal(message_id)
      expect(attempts.map(({ replay, attempt }) => `${replay}/${attempt}`)).toEqual(
        [0, 1].flatMap((replay) => [1, 2, 3, 4, 5].map((attempt) => `${replay}/${attempt}`)),
      )
    }
    expect(await readFlow({ ...db, databases })).toMatchObject({ balance: 'at_rest', dead })
    expect(await explainFlow({ ...db, databases }, 10)).toEqual([])
  })

  test('of two consumers one is killed again and again', async () => {
    await fixture.fill(1500)
    await fixture.send()
    const { db, config, log } = fixture
    // Slow enough to leave something to the other.
    const survivor = await runQueue(orders(db, { ...config, prefetch: 2 }, log), db.queue, log)
    for (const step of STEPS) await killed('consume', step, '60')
    await fixture.drain()
    await survivor.stop()
    await expectBalance()
  })
}
