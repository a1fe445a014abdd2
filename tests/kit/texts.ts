/** Texts of tests, in both languages. */
import { AppError } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'

/** A sentence whose language does not matter. */
export const same = (text: string): Translated => ({ en: text, pt: text })

const ENGLISH =
  /(?<![\p{L}\p{N}])(the|and|is|are|was|were|be|been|it|its|of|to|by|with|within|from|for|than|that|this|which|there|what|since|has|have|had|not|cannot|must|more|again|took|used|failed|answered|answers?|job's|look|nothing|some|over)(?![\p{L}\p{N}])/iu

/** What is the same in every language, and what is quoted. */
const NOT_OURS = /“[^”]*”|"[^"]*"|`[^`]*`|\w+:\/\/\S+|\S*\/\S+|\w*_\w+|\(\w+\)|isolate: true|process\.exit|[A-Z]{3,}/g

/** The first English word of ours in a Portuguese text; undefined: there is none. */
export const englishIn = (text: string): string | undefined => ENGLISH.exec(text.replaceAll(NOT_OURS, ' '))?.[0]

/** The sentence of the AppError that `make` throws. */
export function refusal(make: () => unknown): Translated {
  try {
    make()
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown.detail
    throw thrown
  }
  throw new Error('nothing was thrown')
}
