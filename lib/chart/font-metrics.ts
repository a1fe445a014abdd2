/**
 * Widths of texts, read from the bundled fonts, so that Vega lays out exactly what resvg draws. Without them Vega guesses
 * 0.8 em a character, and leaves gaps or lets labels run into each other.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const FONTS = join(import.meta.dir, 'fonts')
export const FONT_FILES = ['Inter-Regular.ttf', 'Inter-SemiBold.ttf', 'DejaVuSans.ttf'].map((name) => join(FONTS, name))

interface FontMetrics {
  /** Advance of a character in em; undefined when the font does not have it. */
  advance(code: number): number | undefined
}

const loaded = new Map<string, FontMetrics>()

/** Whether any of the bundled fonts has it. */
export const hasGlyph = (code: number) => FONT_FILES.some((file) => load(file).advance(code) !== undefined)

/** Width of one line of text in px. */
export function textWidth(text: string, size: number, bold = false): number {
  const font = load(FONT_FILES[bold ? 1 : 0]!)
  let em = 0
  for (const character of text) {
    const code = character.codePointAt(0)!
    em += font.advance(code) ?? load(FONT_FILES[2]!).advance(code) ?? 1
  }
  return em * size
}

/** Cuts a text with an ellipsis so that it is at most `limit` px wide. */
export function truncateText(text: string, limit: number, size: number, bold = false): string {
  if (textWidth(text, size, bold) <= limit) return text
  let room = limit - textWidth('…', size, bold)
  let kept = ''
  for (const character of text) {
    room -= textWidth(character, size, bold)
    // Spaces at the end are taken off again.
    if (room < 0 && kept !== '' && character.trim() !== '') break
    kept += character
  }
  return `${kept.trimEnd()}…`
}

/** Breaks a text into at most `lines` lines of at most `limit` px; the last is cut where it must be. */
export function wrapText(text: string, limit: number, lines: number, size: number, bold = false): string[] {
  const wrapped: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line === '' || wrapped.length === lines - 1 || textWidth(longer, size, bold) <= limit) line = longer
    else {
      wrapped.push(line)
      line = word
    }
  }
  return [...wrapped, line].map((one) => truncateText(one, limit, size, bold))
}

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
