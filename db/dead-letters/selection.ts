/** Which letters a list shows, or an action takes. */
import type { Fragment, ISql, JSONValue } from 'postgres'
import { holdsWords } from '../engines/postgres/search.ts'
import type { LETTER_STATES } from './table.ts'

export interface LetterFilter {
  state: (typeof LETTER_STATES)[number]
  ids?: string[] | undefined
  /** The id of a group. */
  group?: string | undefined
  origin?: string | undefined
  message_id?: string | undefined
  /** Words of its message id, reason and detail. */
  q?: string | undefined
}

/** Whether a letter fits all that the filter names; of which source it is, is asked beside it. */
export function fits(sql: ISql, { state, ids, group, origin, message_id, q }: LetterFilter): Fragment {
  return sql`state = ${state}
    ${ids === undefined ? sql`` : sql`and id = any(${ids}::uuid[])`}
    ${group === undefined ? sql`` : sql`and group_id = ${group}`}
    ${origin === undefined ? sql`` : sql`and origin = ${origin}`}
    ${message_id === undefined ? sql`` : sql`and message_id = ${message_id}`}
    ${q === undefined ? sql`` : sql`and ${holdsWords(sql, 'search', q)}`}`
}

/** Ids in one row of the audit; of more it has the first. */
const AUDITED_IDS = 100

/** What the audit has of a selection. */
export function detailsOf({ ids, ...filter }: Omit<LetterFilter, 'state'>, sources: string[]) {
  const [only, ...more] = ids ?? []
  const named = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const details: Record<string, JSONValue> = {
    source: sources.join(', '),
    ...Object.fromEntries(named),
    ...(ids && { ids: ids.slice(0, AUDITED_IDS) }),
  }
  return { target: only && more.length === 0 ? only : null, details }
}
