import type { Sql } from 'postgres'
import type { Actor } from '../../db/audit/audit.ts'
import type { LetterFilter } from '../../db/dead-letters/selection.ts'
import { isSource, SOURCE_NAMES, type SourceName } from '../../db/dead-letters/sources.ts'
import { LETTER_STATES } from '../../db/dead-letters/table.ts'
import type { RetryPolicy } from '../../db/orders/config.ts'
import { wrongUsage } from '../../lib/command-line.ts'

export interface CommandContext {
  sql: Sql
  actor: Actor
  /** Of orders. */
  policy: RetryPolicy
}

/** Reads its words first, so that wrong usage shows before a database is needed. Resolves with an exit code, or none where it is done. */
export type Command = (words: string[]) => (context: CommandContext) => Promise<number | void>

export const USAGE = `Usage:
  bun run dead-letters groups [--source S] [--state STATE] [--limit N]   by what they died of, the largest first
  bun run dead-letters list [CHOICE] [--state STATE] [--limit N]         newest first
  bun run dead-letters show ID [--save FILE]                             one letter; --save: all bytes of its body into a file
  bun run dead-letters purge ID…                                         into the bin, for 30 days
  bun run dead-letters purge CHOICE --expected N                         all that fit, if they are N
  bun run dead-letters restore ID…, or CHOICE --expected N               back from the bin
  bun run dead-letters edit ID FIELD=VALUE…                              changes the message; the original is kept
  bun run dead-letters undo-edit ID                                      takes the original of an edited copy back
  bun run dead-letters replay ID…, or CHOICE, or --all [--dry-run] [--name NAME] [--rate N] [--canary N] [--wait]
                                                                         sends them again; the consumers do it, and follow each
  bun run dead-letters replays [ID]                                      how far replays are, the newest first
  bun run dead-letters pause, resume or cancel ID                        a replay; what is not sent stays dead
CHOICE: --source S, --group ID, --origin SYSTEM, --message ID, --words "TEXT"; all that are named have to fit.
STATE: ${LETTER_STATES.join(', ')}. With --json, JSON.`

export const JSON_OPTION = { json: { type: 'boolean', default: false } } as const
export const SOURCE_OPTION = { source: { type: 'string' } } as const
export const PAGE_OPTIONS = {
  state: { type: 'string', default: 'dead' },
  limit: { type: 'string', default: '50' },
} as const
export const CHOICE_OPTIONS = {
  ...SOURCE_OPTION,
  group: { type: 'string' },
  origin: { type: 'string' },
  message: { type: 'string' },
  words: { type: 'string' },
} as const

type Choice = { [name in keyof typeof CHOICE_OPTIONS]?: string | undefined }

export function sourceOf(source: string | undefined): SourceName | undefined {
  return source === undefined || isSource(source)
    ? source
    : wrongUsage(`There is no source ${source}; there are: ${SOURCE_NAMES.join(', ')}.`, USAGE)
}

export function filterOf({ group, origin, message: message_id, words: q }: Choice): Omit<LetterFilter, 'state'> {
  return { group: group === undefined ? undefined : idOf(group), origin, message_id, q }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const idOf = (text: string): string =>
  UUID.test(text) ? text.toLowerCase() : wrongUsage(`${text} is no id; \`list\` and \`groups\` show them.`, USAGE)

/** The one id that the words are. */
export function onlyId(positionals: string[]): string {
  const [id, ...more] = positionals
  return id === undefined || more.length > 0 ? wrongUsage('Name one letter by its id.', USAGE) : idOf(id)
}

export function stateOf(text: string): LetterFilter['state'] {
  const state = LETTER_STATES.find((known) => known === text)
  return state ?? wrongUsage(`There is no state ${text}; there are: ${LETTER_STATES.join(', ')}.`, USAGE)
}

export const countOf = (option: string, text: string, min: number): number =>
  /^\d{1,9}$/.test(text) && Number(text) >= min
    ? Number(text)
    : wrongUsage(`${option} must be a whole number from ${min} on.`, USAGE)
