/** The consumer of orders with a journal that keeps nothing; everything else is as it is in consumers/main.ts. */
import { readConsumersConfig } from '../../../consumers/config.ts'
import { orders } from '../../../consumers/orders.ts'
import { runQueue } from '../../../consumers/run-queue.ts'
import { connect } from '../../../db/engines/connect.ts'
import { createLog } from '../../../lib/log.ts'
import { announceReady, loadConfig, runProgram } from '../../../lib/program.ts'
import { stopSignal } from '../../../lib/shutdown.ts'

const journal = { write: async () => {}, find: async () => [], close: async () => {} }

const config = loadConfig(readConsumersConfig)
await runProgram(async () => {
  const log = createLog('consumers', config.log_level)
  const db = await connect(config.db, log, ['sql', 'queue'])
  const running = await runQueue(orders({ ...db, journal }, config.orders, log), db.queue, log)
  announceReady(log, config, {})
  await stopSignal()
  await running.stop()
  await db.close()
})
