/** The users that a fresh system needs: `admin` for a person, and the one that jobs sign in as. */
import type { Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { recordAudit } from '../audit/audit.ts'
import { generatePassword, hashPassword, verifyPassword } from './passwords/hash.ts'
import { checkNewPassword } from './passwords/rules.ts'
import { revokeSessionsOf } from './sessions.ts'
import { unlockAccount } from './sign-in/attempt-counts.ts'
import { foldUsername } from './usernames.ts'
import {
  anyAdmin,
  findCredentials,
  insertUser,
  refoldUsernames,
  updateUser,
  userExists,
  type NewUser,
} from './users.ts'

export interface FirstUsers {
  /** First password of `admin`; undefined: generated. */
  admin_password: string | undefined
  service_username: string
  password_rounds: number
}

/**
 * Creates what is missing. These passwords need not be changed: the owner of the machine chose them, or nobody did.
 * Returns admin's generated password, which is to be shown once, when this call made the
 * user and no ADMIN_PASSWORD was set; programs that start at once make it once.
 */
export async function createFirstUsers(sql: Sql, config: FirstUsers, service_password: string): Promise<string | null> {
  let shown: string | null = null
  await refoldUsernames(sql)
  if (!(await anyAdmin(sql))) {
    if (config.admin_password) await checkAdminPassword(config.admin_password)
    const password = config.admin_password ?? generatePassword()
    const password_hash = await hashPassword(password, config.password_rounds)
    const made = await addUser(sql, { username: 'admin', password_hash, role: 'admin' })
    if (made && !config.admin_password) shown = password
  }
  if (!(await userExists(sql, config.service_username))) {
    const password_hash = await hashPassword(service_password, config.password_rounds)
    await addUser(sql, { username: config.service_username, password_hash, role: 'viewer' })
  }
  return shown
}

async function checkAdminPassword(password: string): Promise<void> {
  await checkNewPassword(password, 'admin').catch((cause: AppError) => {
    const detail = {
      en: `ADMIN_PASSWORD is not taken. ${cause.detail.en}`,
      pt: `ADMIN_PASSWORD não foi aceita. ${cause.detail.pt}`,
    }
    throw new AppError('internal', cause.code, detail, { cause })
  })
}

/** Gives the service user today's SERVICE_PASSWORD when it is not the stored one; takes one hash, so not before ready. */
export async function renewServicePassword(
  sql: Sql,
  config: Omit<FirstUsers, 'admin_password'>,
  service_password: string,
): Promise<boolean> {
  const stored = await findCredentials(sql, config.service_username)
  if (!stored) return false
  if (!stored.must_change_password && (await verifyPassword(service_password, stored.password_hash))) return false
  const password_hash = await hashPassword(service_password, config.password_rounds)
  return sql.begin(async (tx) => {
    await updateUser(tx, stored.id, { password_hash })
    await revokeSessionsOf(tx, stored.id)
    await unlockAccount(tx, foldUsername(stored.username))
    await recordAudit(tx, { action: 'service_password.renewed', target: stored.username })
    return true
  })
}

/** Adds a user and says so in the audit; false when there is one of that name. */
function addUser(sql: Sql, user: NewUser): Promise<boolean> {
  return sql.begin(async (tx) => {
    if (!(await insertUser(tx, user))) return false
    const details = { role: user.role, by: 'first start' }
    await recordAudit(tx, { action: 'user.created', target: user.username, details })
    return true
  })
}
