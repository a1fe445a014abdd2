/** Ends sessions on demand: one, or all of a user; by themselves or by an admin. */
import type { Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { recordAudit, type Actor } from '../audit/audit.ts'
import { revokeSession, revokeSessionsOf } from './sessions.ts'

interface Owner {
  user_id: string
  username: string
}

/** False when the user has no such session, or it had ended. */
export async function endSession(
  sql: Sql,
  { user_id, username: target }: Owner,
  id: string,
  actor: Actor,
): Promise<boolean> {
  return sql.begin(async (tx) => {
    const ended = await revokeSession(tx, { id, user_id })
    if (ended) await recordAudit(tx, { ...actor, action: 'session.ended', target, details: { session_id: id } })
    return ended
  })
}

export async function endSessionsOf(sql: Sql, { user_id, username: target }: Owner, actor: Actor): Promise<void> {
  await sql.begin(async (tx) => {
    const sessions = await revokeSessionsOf(tx, user_id)
    await recordAudit(tx, { ...actor, action: 'session.all_ended', target, details: { sessions } })
  })
}

export function sessionNotFound(id: string): AppError {
  return new AppError('not_found', 'session_not_found', {
    en: `No session with the id ${id} is open.`,
    pt: `Nenhuma sessão aberta tem o id ${id}.`,
  })
}
