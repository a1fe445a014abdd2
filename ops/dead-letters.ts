/** `bun run dead-letters`: what will not be tried again by itself, for whoever is at the machine. */
import { connect } from '../db/engines/connect.ts'
import { readDbConfig } from '../db/engines/config.ts'
import { commandLineActor } from '../db/audit/audit.ts'
import { readOrdersConfig } from '../db/orders/config.ts'
import { envReader, type Env } from '../lib/env.ts'
import { createLog } from '../lib/log.ts'
import { EXIT, loadConfig, runProgram } from '../lib/program.ts'
import { deadLettersCommand } from './dead-letters/commands.ts'

const run = deadLettersCommand(Bun.argv.slice(2))
const config = loadConfig(readConfig)

await runProgram(async () => {
  const db = await connect(config.db, createLog('dead-letters', 'warn'), ['sql'])
  try {
    process.exitCode = (await run({ sql: db.sql, actor: commandLineActor(), policy: config.orders.retry })) ?? EXIT.done
  } finally {
    await db.close()
  }
})

function readConfig(env: Env) {
  const read = envReader(env)
  const config = { db: readDbConfig(read), orders: readOrdersConfig(read) }
  read.finish()
  return config
}
