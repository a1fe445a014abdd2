/** Sends, consumes or replays orders, as its first word says, until the step of the next words: see strikeSelf. */
import { orders } from '../../consumers/orders.ts'
import { runReplays } from '../../consumers/replays.ts'
import { runQueue } from '../../consumers/run-queue.ts'
import { readDbConfig } from '../../db/engines/config.ts'
import { connect, type Db } from '../../db/engines/connect.ts'
import { readOrdersConfig } from '../../db/orders/config.ts'
import { openOrdersDatabases } from '../../db/orders/databases.ts'
import { ordersReplays } from '../../db/orders/replay-source.ts'
import { sendOrders } from '../../db/orders/send.ts'
import { envReader } from '../../lib/env.ts'
import { createLog } from '../../lib/log.ts'
import { strikeSelf } from './notes.ts'

const [mode = '', ...fatal] = Bun.argv.slice(2)
const { after, note } = strikeSelf(fatal[0], fatal[1], fatal[2])
const env = envReader(process.env)
const config = readOrdersConfig(env)
const log = createLog('child', 'warn', { fd: 2 })
const db = await connect(readDbConfig(env), log, ['sql', 'queue', 'journal', 'cache'])

if (mode.startsWith('send')) {
  const publish: Db['queue']['publish'] = async (queue, messages) => {
    const ids = messages.map(({ id }) => id)
    note('in hand', ids)
    after('locked')
    await db.queue.publish(queue, messages)
    after('published')
    note('decided', ids)
  }
  const queue = { ...db.queue, publish }
  const system = openOrdersDatabases(config, db.url).system(mode === 'send-b' ? 'b' : 'a')
  await sendOrders(system, { queue, cache: db.cache, policy: config.retry, log }, 'trace-1')
  process.exit(0)
}
if (mode === 'replay') {
  const source = ordersReplays(db.queue)
  const publish: typeof source.publish = async (letters) => {
    after('claimed')
    await source.publish(letters)
    after('published')
  }
  await runReplays({ ...source, publish }, db.sql, log)
} else await consumeOrders()

async function consumeOrders(): Promise<void> {
  const consume: Db['queue']['consume'] = (settings, handler, options) =>
    db.queue.consume(
      settings,
      async (delivery, signal) => {
        note('in hand', [delivery.id])
        const decision = await handler(delivery, signal)
        note('decided', [delivery.id])
        return decision
      },
      options,
    )
  const running = await runQueue(orders(db, config, log, after), { ...db.queue, consume }, log)
  process.once('SIGTERM', () => void running.stop().finally(() => process.exit(0)))
}
