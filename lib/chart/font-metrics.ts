/**
 * Widths of texts, read from the bundled fonts, so that Vega lays out exactly what resvg draws. Without them Vega guesses
 * 0.8 em a character, and leaves gaps or lets labels run into each other.
 */
import { advanceOf } from './fonts.ts'

/** Width of one line of text in px; of scripts whose letters join, the most it can be. */
export function textWidth(text: string, size: number, bold = false): number {
  let em = 0
  let before = 0
  let lastEm = 0
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (code === VIRAMA) em -= lastEm * (before === RA ? 1 : HALF)
    lastEm = code < FIRST_MARK || takesRoom(character, before) ? (advanceOf(code, bold) ?? 1) : 0
    em += lastEm
    // The second half of a flag belongs to the first; a third begins the next.
    before = isFlagHalf(code) && isFlagHalf(before) ? 0 : code
  }
  return em * size
}

const FIRST_MARK = 0x300
/** Makes a consonant of Hindi half a letter, roughly, or a stroke above the next. */
const VIRAMA = 0x94d
const RA = 0x930
const HALF = 0.4
const JOINER = 0x200d
const isFlagHalf = (code: number) => code >= 0x1f1e6 && code <= 0x1f1ff

/** Accents above a letter and parts of an emoji take no room of their own. */
function takesRoom(character: string, before: number): boolean {
  if (/[\p{Mn}\p{Cf}\p{Emoji_Modifier}]/u.test(character)) return false
  return before !== JOINER && !(isFlagHalf(before) && isFlagHalf(character.codePointAt(0)!))
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** What is read as one character: a letter with its accents, an emoji of several parts. */
export function* graphemesOf(text: string): Iterable<string> {
  if (/^[\0-\u02ff]*$/.test(text)) yield* text
  else for (const { segment } of segmenter.segment(text)) yield segment
}

/** Cuts a text with an ellipsis so that it is at most `limit` px wide. */
export function truncateText(text: string, limit: number, size: number, bold = false): string {
  // No font is so narrow that more characters than this fit.
  if (text.length <= limit && textWidth(text, size, bold) <= limit) return text
  let room = limit - textWidth('…', size, bold)
  let kept = ''
  for (const character of graphemesOf(text)) {
    room -= textWidth(character, size, bold)
    // Spaces at the end are taken off again.
    if (room < 0 && kept !== '' && character.trim() !== '') return `${kept.trimEnd()}…`
    kept += character
  }
  return text
}

/** Between East Asian characters a line may break, but not before a mark that closes. */
const EAST_ASIAN = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\u3001-\\u3003]'
const BREAKS = new RegExp(`(?<= )|(?<=${EAST_ASIAN})(?=${EAST_ASIAN})(?![\\u3001-\\u3003\\u30fc])`, 'u')

/**
 * Breaks a text into at most `lines` lines of at most `limit` px; the last is cut where it must be. `anywhere`: a word that is longer
 * than a line breaks, too.
 */
export function wrapText(
  text: string,
  limit: number,
  lines: number,
  size: number,
  { bold = false, anywhere = false } = {},
): string[] {
  const wrapped: string[] = []
  let line = ''
  const width = (of: string) => textWidth(of.trimEnd(), size, bold)
  for (const word of text.split(BREAKS)) {
    if (wrapped.length === lines - 1) {
      line += word
      continue
    }
    if (width(line + word) <= limit) line += word
    else {
      if (line !== '') wrapped.push(line)
      line = word
    }
    while (anywhere && wrapped.length < lines - 1 && width(line) > limit) {
      const first = truncateText(line, limit, size, bold).slice(0, -1)
      wrapped.push(first)
      line = line.slice(first.length)
    }
  }
  return [...wrapped, line].map((one) => truncateText(one.trimEnd(), limit, size, bold))
}

/** Whether the lines that a text was broken into hold all of it. */
export function isWhole(lines: string[], text: string): boolean {
  return withoutSpaces(lines.join('')) === withoutSpaces(text)
}

const withoutSpaces = (text: string) => text.replaceAll(' ', '')
