import type { Sql } from 'postgres'
import { listAudit } from '../../db/audit/audit.ts'
import { momentOf } from '../http/moment.ts'
import { decodeCursor, encodeCursor, invalidCursor } from '../http/pagination.ts'
import type { ListQuery } from './model.ts'

/** A page, newest first. Throws AppError 422 for a cursor of another list and a time that is none. */
export async function readAudit(sql: Sql, { limit = 50, cursor, from, to, ...filters }: ListQuery) {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, ['at', 'id'])
  const times = {
    from: from === undefined ? undefined : momentOf('from', from),
    to: to === undefined ? undefined : momentOf('to', to),
  }
  try {
    const { items, last } = await listAudit(sql, { ...filters, ...times }, { limit, after })
    return { items, next_cursor: last ? encodeCursor(last) : null }
  } catch (thrown) {
    // Class 22: PostgreSQL cannot read a value as what it should be. All else in the query is validated.
    if (after && (thrown as { code?: string }).code?.startsWith('22')) throw invalidCursor(thrown)
    throw thrown
  }
}
