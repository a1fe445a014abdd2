/**
 * Sends, consumes or replays orders, as its first word says. At the nth time that a step is done it kills itself with SIGKILL, or, told to
 * `stand`, it stands still until it is told to go on. What it has in hand is in the file CHILD_NOTES, where that is named.
 */
import { appendFileSync } from 'node:fs'
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
import type { Note } from './orders-notes.ts'

const [mode = '', fatal, nth, how = 'die'] = Bun.argv.slice(2)
const env = envReader(process.env)
const config = readOrdersConfig(env)
const log = createLog('child', 'warn', { fd: 2 })
const db = await connect(readDbConfig(env), log, ['sql', 'queue', 'journal', 'cache'])

let times = 0
function after(step: string): void {
  if (step !== fatal || ++times !== Number(nth)) return
  note('at step')
  process.kill(process.pid, how === 'stand' ? 'SIGSTOP' : 'SIGKILL')
}

function note(what: Note['what'], ids: string[] = []): void {
  const file = process.env.CHILD_NOTES
  if (file) appendFileSync(file, `${JSON.stringify({ pid: process.pid, what, ids } satisfies Note)}\n`)
}

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
