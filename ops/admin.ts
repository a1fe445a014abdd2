/** `bun run admin`: users, passwords and locks, for the owner of the machine. */
import { readApiConfig } from '../api/config.ts'
import { commandLineActor } from '../db/audit/audit.ts'
import { connect } from '../db/engines/connect.ts'
import { hashPassword } from '../db/users/passwords/hash.ts'
import { createLog } from '../lib/log.ts'
import { loadConfig, runProgram } from '../lib/program.ts'
import { adminCommand } from './admin/commands.ts'

const run = adminCommand(Bun.argv.slice(2))
const config = loadConfig(readApiConfig)

await runProgram(async () => {
  const db = await connect(config.db, createLog('admin', 'warn'), ['sql'])
  try {
    await run({
      sql: db.sql,
      actor: commandLineActor(),
      hash: (password) => hashPassword(password, config.password_rounds),
      askPassword: async () => (process.stdin.isTTY ? '' : (await Bun.stdin.text()).replace(/\r?\n$/, '')),
    })
  } finally {
    await db.close()
  }
})
