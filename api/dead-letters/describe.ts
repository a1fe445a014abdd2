/** Letters as the API shows them. */
import { BIN_DAYS } from '../../db/dead-letters/bin.ts'
import { changesOf, readFields, type FieldChange, type Fields } from '../../db/dead-letters/edit.ts'
import { SHOWN_BYTES, type OtherLetter, type WholeLetter } from '../../db/dead-letters/letter.ts'
import type { ListedLetter } from '../../db/dead-letters/letters.ts'
import type { ReplayOfLetter } from '../../db/dead-letters/replays/replays.ts'
import type { LetterSource } from '../../db/dead-letters/source.ts'

const DAY_MS = 86_400_000

export const describeListed = (letter: ListedLetter) => {
  const { cause: _, death: __, group_id: group, ...shown } = letter
  return { ...shown, group, bin_until: binUntil(letter) }
}

const binUntil = ({ state, left_at }: ListedLetter) =>
  state === 'purged' && left_at ? new Date(left_at.getTime() + BIN_DAYS * DAY_MS) : null

export function describeWhole(
  letter: WholeLetter,
  source: LetterSource | undefined,
  others: OtherLetter[],
  replays: ReplayOfLetter[],
) {
  const { shown, headers, ...listed } = letter
  const { cause, death, size_bytes, id, state, edited_from } = letter
  const is_whole = size_bytes <= SHOWN_BYTES
  const fields = source && is_whole ? readFields(source, { death, body: shown }) : null
  const known = new Map<string, Fields | null>([[id, fields]])
  for (const other of others)
    known.set(other.id, source && other.body ? readFields(source, { death: other.death, body: other.body }) : null)
  return {
    ...describeListed(listed),
    cause,
    readable: source?.isReadable(letter) ?? false,
    headers,
    body: describeBody(shown, is_whole),
    editable: source && fields && state === 'dead' ? describeFields(source, fields) : [],
    changes: changesSince(known, id, edited_from),
    others: others.map(({ body: _, death: __, ...other }) => ({
      ...other,
      changes: changesSince(known, other.id, other.edited_from),
    })),
    replays,
  }
}

/** What an edited copy has otherwise than its original. */
function changesSince(known: Map<string, Fields | null>, id: string, original: string | null): FieldChange[] {
  const [before, after] = [original && known.get(original), known.get(id)]
  return before && after ? changesOf(before, after) : []
}

const describeFields = ({ editable }: LetterSource, fields: Fields) =>
  Object.entries(editable.properties).map(([field, { type, minimum, maximum, description }]) => ({
    field,
    value: fields[field]!,
    type: type as string,
    minimum: (minimum as number | undefined) ?? null,
    maximum: (maximum as number | undefined) ?? null,
    description: description ?? null,
  }))

function describeBody(shown: Uint8Array, is_whole: boolean) {
  const text = textOf(shown, is_whole)
  if (text === undefined) {
    const encoding = 'base64' as const
    return { encoding, text: shown.toBase64(), shown_bytes: shown.byteLength, has_controls: false }
  }
  return { encoding: 'utf8' as const, text, shown_bytes: Buffer.byteLength(text), has_controls: CONTROLS.test(text) }
}

/** Undefined where it is no UTF-8. A character that is cut at the end of what is shown is left out. */
function textOf(shown: Uint8Array, is_whole: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(shown, { stream: !is_whole })
  } catch {
    return undefined
  }
}

/** All but line breaks and tabs: orders to a terminal, NUL, invisible characters, and what turns the direction of a text. */
const CONTROLS = /[^\P{C}\t\n\r]/u
