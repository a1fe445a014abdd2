/** Search without case and accents: in texts that fold_text (0000_functions.sql) has folded, and in words of search_words. */
import type { Fragment, ISql } from 'postgres'

/** Whether `folded`, an expression, holds every word of `q`, anywhere and in any order. */
export function holdsWords(sql: ISql, folded: string, q: string): Fragment {
  const words = q.split(/\s+/).filter((word) => word !== '')
  const patterns = words.map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`)
  // Without coalesce the planner believes that hardly a row fits, and would rather sort all that do than read in their order.
  return sql`coalesce(
    ${sql.unsafe(folded)} like all (array(select fold_text(word) from unnest(${patterns}::text[]) as word)), false)`
}

/**
 * Whether `words`, a tsvector of search_words, has for every word of `q` one that begins with it. Nothing has a word where `q` has
 * none. An index finds them, and no dictionary or language is asked.
 */
export function holdsBeginnings(sql: ISql, words: string, q: string): Fragment {
  // A word of search_words has neither quotes nor backslashes.
  return sql`${sql.unsafe(words)} @@ (
    select string_agg('''' || word || ''':*', ' & ')::tsquery from unnest(search_words(${q})) as word)`
}
