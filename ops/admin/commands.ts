/**
 * The commands of `bun run admin`: the way back in for the owner of the machine, who needs no password. The rules and the
 * audit are those of the API.
 */
import type { Sql } from 'postgres'
import type { Actor } from '../../db/audit/audit.ts'
import { changeUser, createUser, prepareUser } from '../../db/users/accounts.ts'
import { generatePassword } from '../../db/users/passwords/hash.ts'
import { USER_ROLES } from '../../db/users/table.ts'
import { isTwoFactorOn } from '../../db/users/two-factor/two-factor.ts'
import { normalUsername } from '../../db/users/usernames.ts'
import { findCredentials, listUsers, type UserRole } from '../../db/users/users.ts'
import { parseWords, printRows, wrongUsage } from '../../lib/command-line.ts'

export interface AdminContext {
  sql: Sql
  actor: Actor
  hash(password: string): Promise<string>
  /** The password that the user gives; empty: one is to be generated. */
  askPassword(): Promise<string>
}

const USAGE = `Usage:
  bun run admin user list [--json]
  bun run admin user add NAME --role viewer|operator|admin [--keep-password]
  bun run admin reset-password NAME [--keep-password]   (also unlocks)
  bun run admin reset-2fa NAME        (for a lost phone: turns two-factor sign-in off)
  bun run admin unlock NAME
A password is read from standard input when it is not a terminal (12 to 256 characters), else generated and shown once. Its user has
to change it at the next sign-in: --keep-password for a program that signs in by itself.`

const COMMANDS = ['user list', 'user add', 'reset-password', 'reset-2fa', 'unlock']

/** Reads the words, before a database is needed; exits 2 when they are no command. */
export function adminCommand(words: string[]): (context: AdminContext) => Promise<void> {
  const { values, positionals } = parseWords(
    words,
    {
      role: { type: 'string', default: 'viewer' },
      'keep-password': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
    USAGE,
  )
  const [first, second, third] = positionals
  const command = first === 'user' ? `user ${second ?? ''}`.trim() : (first ?? '')
  const name = first === 'user' ? third : second
  if (!COMMANDS.includes(command)) wrongUsage(`Unknown command "${command}".`, USAGE)
  if (command !== 'user list' && !name) wrongUsage('NAME is missing.', USAGE)
  if (!(USER_ROLES as readonly string[]).includes(values.role)) wrongUsage(`There is no role "${values.role}".`, USAGE)

  return async (context) => {
    const must_change_password = !values['keep-password']
    if (command === 'user list') printRows(await listUsers(context.sql), values.json)
    else if (command === 'user add')
      await addUser(context, name!, { role: values.role as UserRole, must_change_password })
    else if (command === 'reset-password') await resetPassword(context, name!, must_change_password)
    else if (command === 'reset-2fa') await resetTwoFactor(context, name!)
    else await unlock(context, name!)
  }
}

async function addUser(
  context: AdminContext,
  username: string,
  rest: { role: UserRole; must_change_password: boolean },
): Promise<void> {
  const { password, shown } = await choosePassword(context)
  const user = await prepareUser({ username, password, ...rest }, context.hash)
  await createUser(context.sql, user, context.actor)
  say(`${user.username} can sign in`, shown)
}

async function resetPassword(context: AdminContext, username: string, must_change_password: boolean): Promise<void> {
  const user = await existing(context.sql, username)
  const { password, shown } = await choosePassword(context)
  await changeUser(context.sql, user.id, { password, must_change_password }, context)
  say(`${user.username} has a new password, all sessions ended`, shown)
}

async function resetTwoFactor(context: AdminContext, username: string): Promise<void> {
  const user = await existing(context.sql, username)
  const was_on = await isTwoFactorOn(context.sql, user.id)
  await changeUser(context.sql, user.id, { reset_2fa: true }, context)
  say(
    was_on
      ? `${user.username} signs in without a code, all sessions ended`
      : `${user.username} had no two-factor sign-in`,
  )
}

async function unlock(context: AdminContext, username: string): Promise<void> {
  const user = await existing(context.sql, username)
  await changeUser(context.sql, user.id, { unlock: true }, context)
  say(`${user.username} can try to sign in at once`)
}

async function existing(sql: Sql, username: string) {
  const user = await findCredentials(sql, normalUsername(username) ?? '')
  if (user) return user
  throw new Error(`There is no user ${username}; \`bun run admin user list\` shows all.`)
}

/** The one that is given, or a generated one, which is to be shown. */
async function choosePassword({ askPassword }: AdminContext): Promise<{ password: string; shown?: string }> {
  const given = await askPassword()
  if (given) return { password: given }
  const password = generatePassword()
  return { password, shown: password }
}

function say(done: string, password?: string): void {
  process.stdout.write(password ? `${done}. Password (shown only once): ${password}\n` : `${done}.\n`)
}
