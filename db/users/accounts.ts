/**
 * The rules of accounts, for the API and the command line alike. Every change is one transaction with its audit rows, and
 * no sequence of changes, also of two at once, leaves the system without an enabled admin.
 */
import type { ISql, Sql } from 'postgres'
import { AppError, lostUpdate } from '../../lib/errors.ts'
import { recordAudit, type Actor } from '../audit/audit.ts'
import { inTransaction } from '../engines/postgres/in-transaction.ts'
import { deleteKeysOf } from './api-keys/api-keys.ts'
import { recordAccountChange, type NoticeAction } from './notices.ts'
import { checkNewPassword } from './passwords/rules.ts'
import { revokeSessionsOf, type Session } from './sessions.ts'
import { unlockAccount } from './sign-in/attempt-counts.ts'
import { deleteTwoFactor } from './two-factor/two-factor.ts'
import { foldUsername, MAX_USERNAME, normalUsername } from './usernames.ts'
import {
  findUser,
  insertUser,
  lockAdmins,
  lockUser,
  updateUser,
  type NewUser,
  type User,
  type UserRole,
} from './users.ts'

/** How a password is hashed: in its turn in the API, at once on the command line. */
export type HashPassword = (password: string) => Promise<string>

/** Throws AppError user_not_found. */
export async function readUser(sql: ISql, id: string): Promise<User> {
  return (await findUser(sql, id)) ?? notFound(id)
}

type GivenUser = { username: string; password: string } & Omit<NewUser, 'username' | 'password_hash'>

/**
 * A new user as it is stored; unless told otherwise, one who changes the password at the first sign-in. Throws AppError invalid
 * for a name or a password that is refused.
 */
export async function prepareUser(
  { username: given, password, must_change_password = true, ...rest }: GivenUser,
  hash: HashPassword,
): Promise<NewUser> {
  const username = normalUsername(given)
  if (username === null) throw usernameInvalid()
  await checkNewPassword(password, username)
  return { ...rest, username, password_hash: await hash(password), must_change_password }
}

/** Throws AppError username_taken. */
export async function createUser(sql: ISql, user: NewUser, actor: Actor): Promise<User> {
  return inTransaction(sql, async (tx) => {
    const made = await insertUser(tx, user)
    if (!made)
      throw new AppError('conflict', 'username_taken', {
        en: `There is a user ${user.username} already.`,
        pt: `Já existe um usuário ${user.username}.`,
      })
    await recordAudit(tx, { ...actor, action: 'user.created', target: user.username, details: { role: user.role } })
    return made
  })
}

export interface UserPatch {
  role?: UserRole | undefined
  /** true: may not sign in. */
  disabled?: boolean | undefined
  password?: string | undefined
  /** Of a new password: true unless told otherwise, since somebody else chose it. */
  must_change_password?: boolean | undefined
  /** Turns two-factor sign-in off, for a lost phone. */
  reset_2fa?: boolean | undefined
  /** Where the user is told of changes of the account; null: nowhere. */
  email?: string | null | undefined
  /** Forgets failed sign-ins. */
  unlock?: boolean | undefined
}

/**
 * Changes the fields that the patch names, of another user than the actor. `versions`: those that may be changed; undefined: any.
 * A change of role counts from the next request; being disabled, a new password and a reset of the second factor end every
 * session and API key. The user is told of all but unlocking, at the address from before. Throws AppError own_account, user_not_found,
 * last_admin, version_mismatch, or invalid for a password that is refused.
 */
export async function changeUser(
  sql: Sql,
  named: string,
  patch: UserPatch,
  { hash, actor, versions }: { hash: HashPassword; actor: Actor; versions?: number[] | undefined },
): Promise<User> {
  // As it is stored: a UUID may be written in capital letters.
  const { id, username } = await readUser(sql, named)
  if (actor.actor_id === id) throw ownAccount()
  const { role, disabled, password, must_change_password = true, email, unlock, reset_2fa } = patch
  if (password !== undefined) await checkNewPassword(password, username)
  // Before the transaction, which holds rows that others may wait for.
  const password_hash = password === undefined ? undefined : await hash(password)
  return inTransaction(sql, async (tx) => {
    // The factor is locked before the user, as a sign-in locks them: else each could wait for the other.
    const factor_reset = reset_2fa === true && (await deleteTwoFactor(tx, id))
    const takes_admin = (role !== undefined && role !== 'admin') || disabled === true
    const admins = takes_admin ? await lockAdmins(tx) : []
    const before = (await lockUser(tx, id)) ?? notFound(id)
    if (versions && !versions.includes(before.version)) throw lostUpdate()
    if (admins.length === 1 && admins[0] === id) throw lastAdmin(before.username)

    const role_changes = role !== undefined && role !== before.role
    const disabled_changes = disabled !== undefined && disabled !== (before.disabled_at !== null)
    const email_changes = email !== undefined && email !== before.email
    const ends_sessions = password_hash !== undefined || (disabled_changes && disabled) || factor_reset
    const sessions_ended = ends_sessions ? await revokeSessionsOf(tx, id) : 0
    const api_keys_ended = ends_sessions ? await deleteKeysOf(tx, id) : 0
    const ended = { sessions_ended, ...(api_keys_ended > 0 && { api_keys_ended }) }
    const record = (action: NoticeAction, details: Record<string, string | number> = {}) =>
      recordAccountChange(tx, before, actor, action, details)
    if (role_changes) await record('user.role_changed', { from: before.role, to: role })
    if (disabled_changes && disabled) await record('user.disabled', ended)
    if (disabled_changes && !disabled) await record('user.enabled')
    if (password_hash !== undefined) await record('password.reset', ended)
    if (factor_reset) await record('two_factor.reset', ended)
    if (email_changes) await record('user.email_changed')
    const changes = role_changes || disabled_changes || email_changes || factor_reset || password_hash !== undefined
    if (changes) await updateUser(tx, id, { role, disabled, password_hash, must_change_password, email })
    // The failures were about the old password.
    const unlocked = (unlock || password_hash !== undefined) && (await unlockAccount(tx, foldUsername(before.username)))
    if (unlocked) await recordAudit(tx, { ...actor, action: 'user.unlocked', target: before.username })
    return (await findUser(tx, id))!
  })
}

/** The user's own; told to the address from before. */
export async function changeOwnEmail(
  sql: Sql,
  { user_id }: Session,
  email: string | null,
  actor: Actor,
): Promise<void> {
  await sql.begin(async (tx) => {
    const before = (await lockUser(tx, user_id)) ?? notFound(user_id)
    if (email === before.email) return
    await recordAccountChange(tx, before, actor, 'user.email_changed')
    await updateUser(tx, user_id, { email })
  })
}

function usernameInvalid(): AppError {
  const message = {
    en: `must have 1 to ${MAX_USERNAME} visible characters, and no space but the plain one`,
    pt: `deve ter de 1 a ${MAX_USERNAME} caracteres visíveis, e nenhum espaço além do comum`,
  }
  const detail = { en: `A user name ${message.en}.`, pt: `Um nome de usuário ${message.pt}.` }
  return new AppError('invalid', 'username_invalid', detail, { errors: [{ path: '/username', message }] })
}

/** A stolen token must not become the account: under /me a change takes the password, a code or a fresh sign-in. */
function ownAccount(): AppError {
  return new AppError('forbidden', 'own_account', {
    en: 'Your own account is changed at PUT /me/password, PUT /me/email and POST /2fa/…; the rest is for another admin.',
    pt: 'A própria conta muda em PUT /me/password, PUT /me/email e POST /2fa/…; o resto cabe a outro administrador.',
  })
}

function notFound(id: string): never {
  throw new AppError('not_found', 'user_not_found', {
    en: `No user has the id ${id}.`,
    pt: `Nenhum usuário tem o id ${id}.`,
  })
}

function lastAdmin(username: string): AppError {
  return new AppError('conflict', 'last_admin', {
    en: `${username} is the last enabled admin; make somebody else an admin first, so that there is always one.`,
    pt: `${username} é o último administrador ativo; antes, torne outra pessoa administradora, para que sempre haja alguém.`,
  })
}
