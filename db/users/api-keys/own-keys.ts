/** The rules of API keys: who makes and ends them, and what a new one may be. Each change is one transaction with its audit row. */
import type { Sql } from 'postgres'
import { AppError, validationFailed, type ErrorItem } from '../../../lib/errors.ts'
import { recordAudit, type Actor } from '../../audit/audit.ts'
import { recordAccountChange } from '../notices.ts'
import { signInAgain } from '../proof.ts'
import { findLiveSession, type Session } from '../sessions.ts'
import { normalUsername } from '../usernames.ts'
import { lockUser, type User, type UserRole } from '../users.ts'
import { countKeys, deleteKey, insertKey, lesserRole, type ApiKey } from './api-keys.ts'
import { generateKey } from './key-text.ts'

/** Of a user, with those that ended in the last 30 days. */
export const MAX_KEYS = 25
/** Of a key's name, in characters. */
export const MAX_KEY_NAME = 100

const DAY_MS = 24 * 3600 * 1000

/**
 * A new key of the session's user, and its text, which nobody can read again. For a session with a fresh proof: somebody who came by
 * a token must not make a key that outlives it. Throws AppError validation_failed, api_key_name_taken, api_keys_too_many, or
 * sign_in_again for a session that has ended meanwhile.
 */
export async function createKey(
  sql: Sql,
  session: Session,
  wanted: { name: string; role: UserRole; expires_at: Date },
  { actor, max_days }: { actor: Actor; max_days: number },
): Promise<{ made: ApiKey; key: string }> {
  const { user_id } = session
  const { key, hash, start } = generateKey()
  const made = await sql.begin(async (tx) => {
    // Nobody lowers the role or ends the session meanwhile, and of two new keys at once the second counts the first.
    const user = await lockUser(tx, user_id)
    if (!user || !(await findLiveSession(tx, session.id))) throw signInAgain()
    const { role, expires_at } = wanted
    const name = checkWanted(wanted, user, max_days)
    if ((await countKeys(tx, user_id)) >= MAX_KEYS) throw tooMany()
    const made = await insertKey(tx, { user_id, name, hash, start, role, expires_at })
    if (!made) throw nameTaken(name)
    await recordAccountChange(tx, user, actor, 'api_key.created', described(made))
    return made
  })
  return { made, key }
}

/** Ends a key of `user` from the next request on. Throws AppError api_key_not_found. */
export async function endKey(sql: Sql, user: Pick<User, 'id' | 'username'>, id: string, actor: Actor): Promise<void> {
  await sql.begin(async (tx) => {
    const ended = await deleteKey(tx, user.id, id)
    if (!ended)
      throw new AppError('not_found', 'api_key_not_found', {
        en: `No API key of this user has the id ${id}.`,
        pt: `Nenhuma chave de API deste usuário tem o id ${id}.`,
      })
    await recordAudit(tx, { ...actor, action: 'api_key.deleted', target: user.username, details: described(ended) })
  })
}

const described = ({ id: api_key_id, name, role, expires_at }: ApiKey) => ({
  api_key_id,
  name,
  role,
  expires_at: expires_at.toISOString(),
})

/** The name as it is kept. Throws AppError validation_failed. */
function checkWanted(
  { name: given, role, expires_at }: { name: string; role: UserRole; expires_at: Date },
  user: User,
  max_days: number,
): string {
  const name = normalUsername(given, MAX_KEY_NAME)
  const errors: ErrorItem[] = []
  if (name === null)
    errors.push({
      path: '/name',
      message: {
        en: `must have 1 to ${MAX_KEY_NAME} visible characters, and no space but the plain one`,
        pt: `deve ter de 1 a ${MAX_KEY_NAME} caracteres visíveis, e nenhum espaço além do comum`,
      },
    })
  if (lesserRole(role, user.role) !== role)
    errors.push({
      path: '/role',
      message: { en: `must be at most your own, ${user.role}`, pt: `deve ser no máximo o seu, ${user.role}` },
    })
  const left_ms = expires_at.getTime() - Date.now()
  if (left_ms <= 0 || left_ms > max_days * DAY_MS)
    errors.push({
      path: '/expires_at',
      message: {
        en: `must be a time in the future, at most ${max_days} days from now`,
        pt: `deve ser uma data no futuro, a no máximo ${max_days} dias de agora`,
      },
    })
  if (name === null || errors.length > 0) throw validationFailed(errors)
  return name
}

function nameTaken(name: string): AppError {
  return new AppError('conflict', 'api_key_name_taken', {
    en: `You have an API key named ${name} already; delete that one, or choose another name.`,
    pt: `Você já tem uma chave de API chamada ${name}; exclua essa, ou escolha outro nome.`,
  })
}

function tooMany(): AppError {
  return new AppError('conflict', 'api_keys_too_many', {
    en: `You have ${MAX_KEYS} API keys; delete one that nothing uses.`,
    pt: `Você tem ${MAX_KEYS} chaves de API; exclua uma que nada use.`,
  })
}
