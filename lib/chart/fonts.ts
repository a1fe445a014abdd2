/**
 * The bundled fonts and their widths. Inter shows most texts; what it lacks is taken from the first font below that has it, each of
 * which is read when a text first needs it.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const FONTS = join(import.meta.dir, 'fonts')
const [REGULAR, BOLD, FALLBACK] = ['Inter-Regular.ttf', 'Inter-SemiBold.ttf', 'DejaVuSans.ttf'].map((name) =>
  join(FONTS, name),
) as [string, string, string]

/** Those of every picture. */
export const FONT_FILES = [REGULAR, BOLD, FALLBACK]

interface ScriptFont {
  family: string
  file: string
  characters: RegExp
}

const BY_SCRIPT: ScriptFont[] = [
  {
    family: 'Droid Sans Fallback',
    file: 'DroidSansFallback.ttf',
    characters: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uffef]/u,
  },
  { family: 'Noto Sans Thai', file: 'NotoSansThai-Regular.ttf', characters: /\p{Script=Thai}/u },
  {
    family: 'Noto Sans Devanagari',
    file: 'NotoSansDevanagari-Regular.ttf',
    characters: /[\p{Script=Devanagari}\u0964\u0965]/u,
  },
  {
    family: 'Noto Emoji',
    file: 'NotoEmoji-Regular.ttf',
    characters: /[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}\u20e3]/u,
  },
].map((font) => ({ ...font, file: join(FONTS, font.file) }))

/** What a picture with these texts needs, in the order in which resvg looks for a character. */
export function fontFilesOf(text: string): string[] {
  return [...FONT_FILES, ...BY_SCRIPT.filter(({ characters }) => characters.test(text)).map(({ file }) => file)]
}

/** Of the font for what is read as one character; undefined where that is a font of every picture. */
export function familyOf(grapheme: string): string | undefined {
  const code = grapheme.codePointAt(0)!
  if (code < 0x80 && !grapheme.includes('\u20e3')) return undefined
  const is_common = load(REGULAR).advance(code) !== undefined || load(FALLBACK).advance(code) !== undefined
  if (is_common && !/[\ufe0f\u20e3\p{Emoji_Modifier}]/u.test(grapheme)) return undefined
  return BY_SCRIPT.find(({ file, characters }) => characters.test(grapheme) && load(file).advance(code) !== undefined)
    ?.family
}

/** Width of a character in em; undefined when no bundled font has it. */
export function advanceOf(code: number, bold: boolean): number | undefined {
  const own = load(bold ? BOLD : REGULAR).advance(code)
  if (own !== undefined || code < 0x80) return own
  const common = load(FALLBACK).advance(code)
  if (common !== undefined) return common
  const character = String.fromCodePoint(code)
  for (const { file, characters } of BY_SCRIPT) if (characters.test(character)) return load(file).advance(code)
  return undefined
}

export const hasGlyph = (code: number) => advanceOf(code, false) !== undefined

interface FontMetrics {
  /** Advance of a character in em; undefined when the font does not have it. */
  advance(code: number): number | undefined
}

const loaded = new Map<string, FontMetrics>()

function load(file: string): FontMetrics {
  const known = loaded.get(file)
  if (known) return known
  const metrics = readMetrics(readFileSync(file))
  loaded.set(file, metrics)
  return metrics
}

/** Reads the tables cmap (formats 4 and 12), hhea, hmtx and head of a TrueType font. */
function readMetrics(font: Buffer): FontMetrics {
  const tables = new Map<string, number>()
  for (let at = 0; at < font.readUInt16BE(4); at++)
    tables.set(font.toString('latin1', 12 + at * 16, 16 + at * 16), font.readUInt32BE(20 + at * 16))
  const unitsPerEm = font.readUInt16BE(tables.get('head')! + 18)
  const longMetrics = font.readUInt16BE(tables.get('hhea')! + 34)
  const hmtx = tables.get('hmtx')!
  const glyphs = readCharacterMap(font, tables.get('cmap')!)
  return {
    advance(code) {
      const glyph = glyphs.get(code)
      if (glyph === undefined) return undefined
      return font.readUInt16BE(hmtx + Math.min(glyph, longMetrics - 1) * 4) / unitsPerEm
    },
  }
}

function readCharacterMap(font: Buffer, cmap: number): Map<number, number> {
  const glyphs = new Map<number, number>()
  for (let at = 0; at < font.readUInt16BE(cmap + 2); at++) {
    const table = cmap + font.readUInt32BE(cmap + 8 + at * 8)
    const format = font.readUInt16BE(table)
    if (format === 12) readFormat12(font, table, glyphs)
    else if (format === 4) readFormat4(font, table, glyphs)
  }
  return glyphs
}

function readFormat12(font: Buffer, table: number, glyphs: Map<number, number>): void {
  for (let group = 0; group < font.readUInt32BE(table + 12); group++) {
    const at = table + 16 + group * 12
    const [first, last, glyph] = [font.readUInt32BE(at), font.readUInt32BE(at + 4), font.readUInt32BE(at + 8)]
    for (let code = first; code <= last; code++) glyphs.set(code, glyph + code - first)
  }
}

function readFormat4(font: Buffer, table: number, glyphs: Map<number, number>): void {
  const twice = font.readUInt16BE(table + 6)
  for (let at = 0; at < twice; at += 2) {
    const last = font.readUInt16BE(table + 14 + at)
    const first = font.readUInt16BE(table + 16 + twice + at)
    const delta = font.readUInt16BE(table + 16 + twice * 2 + at)
    const offsetAt = table + 16 + twice * 3 + at
    const offset = font.readUInt16BE(offsetAt)
    for (let code = first; code <= last && code !== 0xffff; code++) {
      const glyph = offset === 0 ? code : font.readUInt16BE(offsetAt + offset + (code - first) * 2)
      if (glyph !== 0) glyphs.set(code, (glyph + delta) & 0xffff)
    }
  }
}
