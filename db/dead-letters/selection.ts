/** Which letters a list shows, or an action takes. */
import type { Fragment, ISql } from 'postgres'
import { holdsWords } from '../engines/postgres/search.ts'
import type { LETTER_STATES } from './table.ts'

export interface LetterFilter {
  state: (typeof LETTER_STATES)[number]
  /** The id of a group. */
  group?: string | undefined
  origin?: string | undefined
  message_id?: string | undefined
  /** Words of its message id, reason and detail. */
  q?: string | undefined
}

/** Whether a letter fits all that the filter names; of which source it is, is asked beside it. */
export function fits(sql: ISql, { state, group, origin, message_id, q }: LetterFilter): Fragment {
  return sql`state = ${state}
    ${group === undefined ? sql`` : sql`and group_id = ${group}`}
    ${origin === undefined ? sql`` : sql`and origin = ${origin}`}
    ${message_id === undefined ? sql`` : sql`and message_id = ${message_id}`}
    ${q === undefined ? sql`` : sql`and ${holdsWords(sql, 'search', q)}`}`
}
