/** Sends or consumes orders, as its first word says, and kills itself with SIGKILL at the nth time that a step is done. */
import { orders } from '../../consumers/orders.ts'
import { runQueue } from '../../consumers/run-queue.ts'
import { readDbConfig } from '../../db/engines/config.ts'
import { connect, type Db } from '../../db/engines/connect.ts'
import { readOrdersConfig } from '../../db/orders/config.ts'
import { openOrdersDatabases } from '../../db/orders/databases.ts'
import { sendOrders } from '../../db/orders/send.ts'
import { envReader } from '../../lib/env.ts'
import { createLog } from '../../lib/log.ts'

const [mode, fatal, nth] = Bun.argv.slice(2)
const env = envReader(process.env)
const config = readOrdersConfig(env)
const log = createLog('child', 'warn', { fd: 2 })
const db = await connect(readDbConfig(env), log, ['sql', 'queue', 'journal', 'cache'])

let times = 0
function after(step: string): void {
  if (step === fatal && ++times === Number(nth)) process.kill(process.pid, 'SIGKILL')
}

if (mode === 'send') {
  const publish: Db['queue']['publish'] = async (...given) => {
    after('locked')
    await db.queue.publish(...given)
    after('published')
  }
  const queue = { ...db.queue, publish }
  const system = openOrdersDatabases(config, db.url).system('a')
  await sendOrders(system, { queue, cache: db.cache, policy: config.retry, log }, 'trace-1')
  process.exit(0)
}
await runQueue(orders(db, config, log, after), db.queue, log)
