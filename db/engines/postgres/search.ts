/** Search in texts that fold_text (0000_functions.sql) has folded: without case and accents. */
import type { Fragment, ISql } from 'postgres'

/** Whether `folded`, an expression, holds every word of `q`, anywhere and in any order. */
export function holdsWords(sql: ISql, folded: string, q: string): Fragment {
  const words = q.split(/\s+/).filter((word) => word !== '')
  const patterns = words.map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`)
  // Without coalesce the planner believes that hardly a row fits, and would rather sort all that do than read in their order.
  return sql`coalesce(
    ${sql.unsafe(folded)} like all (array(select fold_text(word) from unnest(${patterns}::text[]) as word)), false)`
}
