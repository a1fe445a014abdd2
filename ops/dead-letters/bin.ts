import { purgeLetters, restoreLetters, type Move } from '../../db/dead-letters/bin.ts'
import { countLetters } from '../../db/dead-letters/letters.ts'
import { sourcesOf } from '../../db/dead-letters/sources.ts'
import { parseWords, printRows, wrongUsage } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { CHOICE_OPTIONS, countOf, filterOf, idOf, JSON_OPTION, sourceOf, USAGE, type Command } from './command.ts'

export const purge: Command = (words) => moving(words, 'purged', 'dead', purgeLetters)
export const restore: Command = (words) => moving(words, 'restored', 'purged', restoreLetters)

function moving(
  words: string[],
  done: string,
  from: 'dead' | 'purged',
  move: typeof purgeLetters,
): ReturnType<Command> {
  const { values, positionals } = parseWords(
    words,
    { ...CHOICE_OPTIONS, ...JSON_OPTION, expected: { type: 'string' } },
    USAGE,
  )
  const chosen = filterOf(values)
  const ids = positionals.length > 0 ? positionals.map(idOf) : undefined
  const is_chosen = values.source !== undefined || Object.values(chosen).some((value) => value !== undefined)
  if (!ids && !is_chosen) wrongUsage('Name letters by their ids, or say which: --group ID, for one.', USAGE)
  const expected = values.expected === undefined ? ids?.length : countOf('--expected', values.expected, 0)
  const selection: Move = { sources: sourcesOf(sourceOf(values.source)), filter: { ...chosen, ids }, expected }
  return async ({ sql, actor }) => {
    if (expected === undefined) {
      const names = selection.sources.map(({ name }) => name)
      const count = await countLetters(sql, names, { ...selection.filter, state: from })
      process.stderr.write(`These are ${count} letters; nothing was changed. To go on: --expected ${count}\n`)
      return EXIT.usage
    }
    printRows([{ [done]: await move(sql, selection, actor) }], values.json)
  }
}
