/**
 * `bun run admin`: the way back in for the owner of the machine, who needs no password. The rules and the audit are those of
 * the API.
 */
import { readApiConfig } from '../api/config.ts'
import { changeUser, createUser, prepareUser } from '../db/users/accounts.ts'
import { commandLineActor } from '../db/audit/audit.ts'
import { connect } from '../db/engines/connect.ts'
import { generatePassword, hashPassword } from '../db/users/passwords/hash.ts'
import { isTwoFactorOn } from '../db/users/two-factor/two-factor.ts'
import { normalUsername } from '../db/users/usernames.ts'
import { USER_ROLES } from '../db/users/table.ts'
import { findCredentials, listUsers, type UserRole } from '../db/users/users.ts'
import { parseWords, printRows, wrongUsage } from '../lib/command-line.ts'
import { AppError } from '../lib/errors.ts'
import { createLog } from '../lib/log.ts'
import { EXIT, loadConfig, runProgram } from '../lib/program.ts'

const USAGE = `Usage:
  bun run admin user list [--json]
  bun run admin user add NAME --role viewer|operator|admin
  bun run admin reset-password NAME   (also unlocks)
  bun run admin reset-2fa NAME        (for a lost phone: turns two-factor sign-in off)
  bun run admin unlock NAME
A password is read from standard input when it is not a terminal (12 to 256 characters), else generated and shown once.`

const COMMANDS = ['user list', 'user add', 'reset-password', 'reset-2fa', 'unlock']

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
if (!COMMANDS.includes(command)) wrongUsage(`Unknown command "${command}".`, USAGE)
if (command !== 'user list' && !name) wrongUsage('NAME is missing.', USAGE)
if (!(USER_ROLES as readonly string[]).includes(values.role)) wrongUsage(`There is no role "${values.role}".`, USAGE)

const config = loadConfig(readApiConfig)

await runProgram(async () => {
  const db = await connect(config.db, createLog('admin', 'warn'), ['sql'])
  const { sql } = db
  const hash = (password: string) => hashPassword(password, config.password_rounds)
  const actor = commandLineActor()
  try {
    if (command === 'user list') printRows(await listUsers(sql), values.json)
    else if (command === 'user add') await addUser(name!)
    else if (command === 'reset-password') await resetPassword(name!)
    else if (command === 'reset-2fa') await resetTwoFactor(name!)
    else await unlock(name!)
  } finally {
    await db.close()
  }

  async function addUser(username: string): Promise<void> {
    const { password, shown } = await choosePassword()
    const user = await prepareUser({ username, password, role: values.role as UserRole }, hash)
    await createUser(sql, user, actor)
    say(`${user.username} can sign in`, shown)
  }

  async function resetPassword(username: string): Promise<void> {
    const user = await existing(username)
    const { password, shown } = await choosePassword()
    await changeUser(sql, user.id, { password }, { hash, actor })
    say(`${user.username} has a new password, all sessions ended`, shown)
  }

  async function resetTwoFactor(username: string): Promise<void> {
    const user = await existing(username)
    const was_on = await isTwoFactorOn(sql, user.id)
    await changeUser(sql, user.id, { reset_2fa: true }, { hash, actor })
    say(
      was_on
        ? `${user.username} signs in without a code, all sessions ended`
        : `${user.username} had no two-factor sign-in`,
    )
  }

  async function unlock(username: string): Promise<void> {
    const user = await existing(username)
    await changeUser(sql, user.id, { unlock: true }, { hash, actor })
    say(`${user.username} can try to sign in at once`)
  }

  async function existing(username: string) {
    const user = await findCredentials(sql, normalUsername(username) ?? '')
    if (user) return user
    throw new AppError(
      'not_found',
      'user_not_found',
      `There is no user ${username}; \`bun run admin user list\` shows all.`,
    )
  }
})

/** From standard input, or generated, and then to be shown. */
async function choosePassword(): Promise<{ password: string; shown?: string }> {
  const given = process.stdin.isTTY ? '' : (await Bun.stdin.text()).replace(/\r?\n$/, '')
  if (given) return { password: given }
  const password = generatePassword()
  return { password, shown: password }
}

function say(done: string, password?: string): void {
  process.stdout.write(password ? `${done}. Password (shown only once): ${password}\n` : `${done}.\n`)
}
