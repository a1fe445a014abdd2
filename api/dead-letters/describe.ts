/** Letters as the API shows them. */
import { BIN_DAYS } from '../../db/dead-letters/bin.ts'
import type { OtherLetter, WholeLetter } from '../../db/dead-letters/letter.ts'
import type { ListedLetter } from '../../db/dead-letters/letters.ts'
import type { LetterSource } from '../../db/dead-letters/source.ts'

const DAY_MS = 86_400_000

export const describeListed = (letter: ListedLetter) => {
  const { cause: _, death: __, group_id: group, ...shown } = letter
  return { ...shown, group, bin_until: binUntil(letter) }
}

const binUntil = ({ state, left_at }: ListedLetter) =>
  state === 'purged' && left_at ? new Date(left_at.getTime() + BIN_DAYS * DAY_MS) : null

export function describeWhole(letter: WholeLetter, source: LetterSource | undefined, others: OtherLetter[]) {
  const { shown, headers, ...listed } = letter
  return {
    ...describeListed(listed),
    cause: letter.cause,
    readable: source?.isReadable(letter) ?? false,
    headers,
    body: describeBody(shown, letter.size_bytes),
    others,
  }
}

function describeBody(shown: Uint8Array, size_bytes: number) {
  const text = textOf(shown, shown.byteLength < size_bytes)
  if (text === undefined) {
    const encoding = 'base64' as const
    return { encoding, text: shown.toBase64(), shown_bytes: shown.byteLength, has_controls: false }
  }
  return { encoding: 'utf8' as const, text, shown_bytes: Buffer.byteLength(text), has_controls: CONTROLS.test(text) }
}

/** Undefined where it is no UTF-8. A character that is cut at the end of what is shown is left out. */
function textOf(shown: Uint8Array, is_cut: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(shown, { stream: is_cut })
  } catch {
    return undefined
  }
}

/** All but line breaks and tabs: orders to a terminal, NUL, invisible characters, and what turns the direction of a text. */
const CONTROLS = /[^\P{C}\t\n\r]/u
