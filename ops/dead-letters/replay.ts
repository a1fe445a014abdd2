import { setTimeout as wait } from 'node:timers/promises'
import { cancelReplay, pauseReplay, resumeReplay } from '../../db/dead-letters/replays/control.ts'
import { findReplay, listReplays, type Replay } from '../../db/dead-letters/replays/replays.ts'
import {
  DEFAULT_CANARY,
  DEFAULT_RATE_PER_S,
  dryRun,
  MAX_NAME,
  READABLE_NAME,
  startReplay,
} from '../../db/dead-letters/replays/start.ts'
import type { ReplayFilter } from '../../db/dead-letters/replays/table.ts'
import { sourcesWith } from '../../db/dead-letters/letters.ts'
import { effectsOf, namesOf } from '../../db/dead-letters/sources.ts'
import { formatTable, parseWords, printRows, wrongUsage } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import {
  CHOICE_OPTIONS,
  countOf,
  filterOf,
  idOf,
  JSON_OPTION,
  onlyId,
  sourceOf,
  USAGE,
  type Command,
} from './command.ts'

const OPTIONS = {
  ...CHOICE_OPTIONS,
  ...JSON_OPTION,
  name: { type: 'string' },
  rate: { type: 'string' },
  canary: { type: 'string' },
  all: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  wait: { type: 'boolean', default: false },
} as const

export const replay: Command = (words) => {
  const { values, positionals } = parseWords(words, OPTIONS, USAGE)
  const ids = positionals.length > 0 ? positionals.map(idOf) : undefined
  const chosen = Object.entries({ ...filterOf(values), ids }).filter(([, value]) => value !== undefined)
  if (chosen.length === 0 && !values.all)
    wrongUsage('Name letters by their ids, say which, e.g. --group ID, or --all.', USAGE)
  const sources = namesOf(sourceOf(values.source))
  const filter: ReplayFilter = Object.fromEntries(chosen)
  const given = {
    name: nameOf(values.name ?? 'bun run dead-letters replay'),
    filter,
    rate_per_s: values.rate === undefined ? DEFAULT_RATE_PER_S : rateOf(values.rate),
    canary: values.canary === undefined ? DEFAULT_CANARY : countOf('--canary', values.canary, 0),
  }
  return async ({ sql, actor, policy }) => {
    const [source = sources[0]!, ...others] = await sourcesWith(sql, sources, { ...filter, state: 'dead' })
    if (others.length > 0) wrongUsage(`They are of ${[source, ...others].join(' and ')}; say of which --source.`, USAGE)
    const asked = { ...given, source }
    if (values['dry-run']) {
      const found = await dryRun(sql, asked, effectsOf(asked.source, policy))
      const effects = found.effects.map((one) => ({ ...one, detail: one.detail.en }))
      process.stdout.write(
        `${values.json ? JSON.stringify({ ...found, effects }, null, 2) : describeDry({ ...found, effects })}\n`,
      )
      return
    }
    let made = await startReplay(sql, asked, actor)
    while (values.wait && made.finished_at === null && made.state !== 'paused') {
      if (process.stderr.isTTY)
        process.stderr.write(`\r${made.total - made.unsent} of ${made.total} sent, ${made.waiting} on their way `)
      await wait(WAIT_MS)
      made = await findReplay(sql, made.id)
    }
    if (values.wait && process.stderr.isTTY) process.stderr.write('\n')
    print([made], values.json)
    return values.wait && made.succeeded < made.total ? EXIT.failed : EXIT.done
  }
}

const WAIT_MS = 500

interface Plan {
  count: number
  taken: number
  samples: object[]
  effects: Array<{ detail: string }>
}

const describeDry = ({ count, taken, samples, effects }: Plan) =>
  [
    `It would replay ${count} letters.${taken > 0 ? ` ${taken} more are in another replay.` : ''}`,
    ...effects.map(({ detail }) => `  ${detail}`),
    ...(samples.length > 0 ? ['', formatTable(samples)] : []),
  ].join('\n')

const nameOf = (name: string): string =>
  name.length <= MAX_NAME && READABLE_NAME.test(name)
    ? name
    : wrongUsage(`--name is 1 to ${MAX_NAME} characters that can be read.`, USAGE)

function rateOf(text: string): number {
  const rate = Number(text)
  return /^\d+(\.\d+)?$/.test(text) && rate >= 0.01 && rate <= 10_000
    ? rate
    : wrongUsage('--rate is letters a second, from 0.01 to 10000.', USAGE)
}

export const replays: Command = (words) => {
  const options = { ...JSON_OPTION, limit: { type: 'string', default: '50' } } as const
  const { values, positionals } = parseWords(words, options, USAGE)
  const limit = countOf('--limit', values.limit, 1)
  const id = positionals.length > 0 ? onlyId(positionals) : undefined
  return async ({ sql }) =>
    print(id === undefined ? (await listReplays(sql, {}, { limit })).rows : [await findReplay(sql, id)], values.json)
}

export const pause = controlling(pauseReplay)
export const resume = controlling(resumeReplay)
export const cancel = controlling(cancelReplay)

function controlling(change: typeof pauseReplay): Command {
  return (words) => {
    const { values, positionals } = parseWords(words, JSON_OPTION, USAGE)
    const id = onlyId(positionals)
    return async ({ sql, actor }) => print([await change(sql, id, actor)], values.json)
  }
}

function print(found: Replay[], json: boolean): void {
  if (json) return printRows(found, true)
  printRows(
    found.map(
      ({ id, name, state, pause_reason, total, taken, unsent, waiting, succeeded, died_again, gone, undone }) => ({
        id,
        name,
        state: pause_reason ? `${state}: ${pause_reason}` : state,
        total,
        taken,
        unsent,
        waiting,
        succeeded,
        died_again,
        gone,
        undone,
      }),
    ),
    false,
  )
}
