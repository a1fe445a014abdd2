/** `bun run admin`: the way back in for the owner of the machine, who needs no password but the machine itself. */
import { readApiConfig } from '../api/config.ts'
import { connect } from '../db/index.ts'
import { generatePassword, hashPassword } from '../db/passwords.ts'
import { insertUser, listUsers, replacePassword, type Role } from '../db/users.ts'
import { parseWords, printRows, wrongUsage } from '../lib/command-line.ts'
import { AppError } from '../lib/errors.ts'
import { createLog } from '../lib/log.ts'
import { EXIT, loadConfig, runProgram } from '../lib/program.ts'

const USAGE = `Usage:
  bun run admin user list [--json]
  bun run admin user add NAME --role viewer|operator|admin
  bun run admin reset-password NAME
A password is read from standard input when it is not a terminal (at least 12 characters), else generated and shown once.`

const ROLES: readonly string[] = ['viewer', 'operator', 'admin'] satisfies Role[]
const MIN_PASSWORD = 12

const { values, positionals } = parseWords(
  Bun.argv.slice(2),
  { role: { type: 'string', default: 'viewer' }, json: { type: 'boolean', default: false }, help: { type: 'boolean' } },
  USAGE,
)
if (values.help) {
  process.stdout.write(`${USAGE}\n`)
  process.exit(EXIT.done)
}
const [first, second, third] = positionals
const command = first === 'user' ? `user ${second ?? ''}`.trim() : (first ?? '')
const name = first === 'user' ? third : second
if (!['user list', 'user add', 'reset-password'].includes(command)) wrongUsage(`Unknown command "${command}".`, USAGE)
if (command !== 'user list' && !name) wrongUsage('NAME is missing.', USAGE)
if (!ROLES.includes(values.role)) wrongUsage(`There is no role "${values.role}".`, USAGE)

const config = loadConfig(readApiConfig)

await runProgram(async () => {
  const db = await connect(config.db, createLog('admin', 'warn'))
  try {
    if (command === 'user list') printRows(await listUsers(db.sql), values.json)
    else await setPassword(name!)
  } finally {
    await db.close()
  }

  async function setPassword(username: string): Promise<void> {
    const given = process.stdin.isTTY ? '' : (await Bun.stdin.text()).replace(/\r?\n$/, '')
    if (given && given.length < MIN_PASSWORD)
      throw new AppError(
        'password_short',
        422,
        `The password on standard input is shorter than ${MIN_PASSWORD} characters.`,
      )
    const password = given || generatePassword()
    const password_hash = await hashPassword(password, config.password_rounds)
    if (command === 'user add') {
      if (!(await insertUser(db.sql, { username, password_hash, role: values.role as Role })))
        throw new AppError(
          'username_taken',
          409,
          `There is a user ${username} already; reset-password gives them a new one.`,
        )
    } else if (!(await replacePassword(db.sql, username, password_hash)))
      throw new AppError('user_not_found', 404, `There is no user ${username}; \`bun run admin user list\` shows all.`)
    const done =
      command === 'user add' ? `${username} can sign in` : `${username} has a new password, all sessions ended`
    process.stdout.write(given ? `${done}.\n` : `${done}. Password (shown only once): ${password}\n`)
  }
})
