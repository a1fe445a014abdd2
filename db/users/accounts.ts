/**
 * The rules of accounts, for the API and the command line alike. Every change is one transaction with its audit rows, and
 * no sequence of changes, also of two at once, leaves the system without an enabled admin.
 */
import type { ISql, Sql } from 'postgres'
import { AppError, lostUpdate } from '../../lib/errors.ts'
import { recordAudit, type Actor, type AuditAction } from '../audit/audit.ts'
import { inTransaction } from '../engines/postgres/in-transaction.ts'
import { checkNewPassword } from './passwords/rules.ts'
import { revokeSessionsOf } from './sessions.ts'
import { unlockAccount } from './sign-in/attempt-counts.ts'
import { deleteTwoFactor } from './two-factor/two-factor.ts'
import { foldUsername, MAX_USERNAME, normalUsername } from './usernames.ts'
import { findUser, insertUser, lockAdmins, lockUser, updateUser, type User, type UserRole } from './users.ts'

/** How a password is hashed: in its turn in the API, at once on the command line. */
export type HashPassword = (password: string) => Promise<string>

/** Throws AppError user_not_found. */
export async function readUser(sql: ISql, id: string): Promise<User> {
  return (await findUser(sql, id)) ?? notFound(id)
}

export type NewUser = Parameters<typeof insertUser>[1]

/** A new user as it is stored. Throws AppError invalid for a name or a password that is refused. */
export async function prepareUser(
  { username: given, password, role }: { username: string; password: string; role: UserRole },
  hash: HashPassword,
): Promise<NewUser> {
  const username = normalUsername(given)
  if (username === null) throw usernameInvalid()
  await checkNewPassword(password, username)
  return { username, role, password_hash: await hash(password) }
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
  /** Turns two-factor sign-in off, for a lost phone. */
  reset_2fa?: boolean | undefined
  /** Forgets failed sign-ins. */
  unlock?: boolean | undefined
}

/**
 * Changes the fields that the patch names. `versions`: those that may be changed; undefined: any. A change of role counts from the
 * next request; being disabled, a new password and a reset of the second factor end every session. Throws AppError
 * user_not_found, last_admin, version_mismatch, or invalid for a password that is refused.
 */
export async function changeUser(
  sql: Sql,
  id: string,
  patch: UserPatch,
  { hash, actor, versions }: { hash: HashPassword; actor: Actor; versions?: number[] | undefined },
): Promise<User> {
  const { username } = await readUser(sql, id)
  const { role, disabled, password, unlock, reset_2fa } = patch
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

    const audit = (action: AuditAction, details: Record<string, string | number> = {}) =>
      recordAudit(tx, { ...actor, action, target: before.username, details })
    const role_changes = role !== undefined && role !== before.role
    const disabled_changes = disabled !== undefined && disabled !== (before.disabled_at !== null)
    const changes = role_changes || disabled_changes || factor_reset || password_hash !== undefined
    if (changes) await updateUser(tx, id, { role, disabled, password_hash })
    const ends_sessions = password_hash !== undefined || (disabled_changes && disabled) || factor_reset
    const sessions_ended = ends_sessions ? await revokeSessionsOf(tx, id) : 0
    if (role_changes) await audit('user.role_changed', { from: before.role, to: role })
    if (disabled_changes && disabled) await audit('user.disabled', { sessions_ended })
    if (disabled_changes && !disabled) await audit('user.enabled')
    if (password_hash !== undefined) await audit('password.reset', { sessions_ended })
    if (factor_reset) await audit('two_factor.reset', { sessions_ended })
    // The failures were about the old password.
    const unlocked = (unlock || password_hash !== undefined) && (await unlockAccount(tx, foldUsername(before.username)))
    if (unlocked) await audit('user.unlocked')
    return (await findUser(tx, id))!
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
