/** The users that a fresh system needs: `admin` for a person, and the one that jobs sign in as. */
import { generatePassword, hashPassword, verifyPassword } from '../../db/passwords.ts'
import { anyAdmin, findCredentials, insertUser, replacePassword, userExists } from '../../db/users.ts'
import type { Sql } from 'postgres'
import type { ApiConfig } from '../config.ts'

/**
 * Creates what is missing. Returns admin's generated password, which is to be shown once, when this call made the
 * user and no ADMIN_PASSWORD was set; programs that start at once make it once.
 */
export async function createFirstUsers(
  sql: Sql,
  config: Pick<ApiConfig, 'admin_password' | 'password_rounds' | 'service_username'>,
  service_password: string,
): Promise<string | null> {
  let shown: string | null = null
  if (!(await anyAdmin(sql))) {
    const password = config.admin_password ?? generatePassword()
    const password_hash = await hashPassword(password, config.password_rounds)
    const made = await insertUser(sql, { username: 'admin', password_hash, role: 'admin' })
    if (made && !config.admin_password) shown = password
  }
  if (!(await userExists(sql, config.service_username))) {
    const password_hash = await hashPassword(service_password, config.password_rounds)
    await insertUser(sql, { username: config.service_username, password_hash, role: 'viewer' })
  }
  return shown
}

/** Gives the service user today's SERVICE_PASSWORD when it is not the stored one; takes one hash, so not before ready. */
export async function renewServicePassword(
  sql: Sql,
  config: Pick<ApiConfig, 'password_rounds' | 'service_username'>,
  service_password: string,
): Promise<boolean> {
  const stored = await findCredentials(sql, config.service_username)
  if (!stored || (await verifyPassword(service_password, stored.password_hash))) return false
  const password_hash = await hashPassword(service_password, config.password_rounds)
  return replacePassword(sql, config.service_username, password_hash)
}
