/** Dead letters that died of the same, as one line. */
import type { Sql } from 'postgres'
import type { Letter } from './letters.ts'

export interface LetterGroup extends Pick<Letter, 'source' | 'step' | 'reason' | 'cause'> {
  count: number
  first_at: Date
  last_at: Date
}

/** The largest first; at most `limit`. The index `letters_groups` has all that is read. */
export async function listGroups(sql: Sql, source: string, limit: number): Promise<LetterGroup[]> {
  return sql<LetterGroup[]>`
    select source, step, reason, cause, count(*)::int as count, min(died_at) as first_at, max(died_at) as last_at
    from letters where source = ${source} and state = 'dead'
    group by source, step, reason, cause
    order by count desc, step, reason, cause limit ${limit}`
}
