import { listGroups } from '../../db/dead-letters/groups.ts'
import { listLetters } from '../../db/dead-letters/letters.ts'
import { namesOf } from '../../db/dead-letters/sources.ts'
import { parseWords, printRows, wrongUsage } from '../../lib/command-line.ts'
import {
  CHOICE_OPTIONS,
  countOf,
  filterOf,
  JSON_OPTION,
  PAGE_OPTIONS,
  SOURCE_OPTION,
  sourceOf,
  stateOf,
  USAGE,
  type Command,
} from './command.ts'

export const groups: Command = (words) => {
  const { values, positionals } = parseWords(words, { ...SOURCE_OPTION, ...PAGE_OPTIONS, ...JSON_OPTION }, USAGE)
  if (positionals.length > 0) wrongUsage('groups takes no ids.', USAGE)
  const names = namesOf(sourceOf(values.source))
  const [state, limit] = [stateOf(values.state), countOf('--limit', values.limit, 1)]
  return async ({ sql }) => {
    const { items, groups, letters } = await listGroups(sql, names, state, limit)
    if (values.json) return printRows(items, true)
    printRows(
      items.map(({ noted_by: _, noted_at: __, first_at: ___, ...group }) => group),
      false,
    )
    if (groups > items.length)
      process.stderr.write(`${items.length} of ${groups} groups, which have ${letters} letters\n`)
  }
}

export const list: Command = (words) => {
  const { values, positionals } = parseWords(words, { ...CHOICE_OPTIONS, ...PAGE_OPTIONS, ...JSON_OPTION }, USAGE)
  if (positionals.length > 0) wrongUsage('list takes no ids; see show.', USAGE)
  const [names, limit] = [namesOf(sourceOf(values.source)), countOf('--limit', values.limit, 1)]
  const filter = { ...filterOf(values), state: stateOf(values.state) }
  return async ({ sql }) => {
    const { rows, last } = await listLetters(sql, names, filter, { limit })
    if (values.json) return printRows(rows, true)
    const shown = rows.map(({ id, message_id, origin, died_at, attempts, reason, detail }) => {
      return { id, message_id, origin, died_at, attempts, reason, detail: detail.slice(0, DETAIL) }
    })
    printRows(shown, false)
    if (last) process.stderr.write(`the newest ${rows.length}; there are more: --limit N\n`)
  }
}

/** Of a row of a table, in characters. */
const DETAIL = 100
