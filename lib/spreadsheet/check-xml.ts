/**
 * Looks over a workbook's XML while it is inflated, so that no library is given what would keep it busy for minutes:
 * millions of elements, thousands of levels, tags or texts of megabytes, entities. Counts what a sheet holds on the way.
 */
import { parseReference } from './cells.ts'
import { SpreadsheetFault } from './fault.ts'

export interface XmlLimits {
  rows: number
  cells: number
}

/** Of each cell: itself, its value, and a text that it alone has; or two runs of such a text. */
const ELEMENTS_PER_CELL = 3
/** Of styles, properties and the like. */
const OTHER_ELEMENTS = 100_000
/** Real ones have some ten levels. */
const MAX_DEPTH = 100
/** A cell takes 32,767 characters, a namespace or a formula less. */
const MAX_TAG = 64 * 1024
const MAX_TEXT = 1024 * 1024
/** Excel's own limits are 16,384 columns, some 65,000 formats of cells, and 255 characters of a number format. */
const MAX_COLUMNS = 16_384
const MAX_FORMATS = 200_000
const MAX_NUMBER_FORMAT = 2048

/** Of all parts. Each may throw SpreadsheetFault. */
export class XmlCheck {
  readonly #limits: XmlLimits
  #elements = 0
  #cells = 0
  /** Merged ranges, and the cells in them. */
  merges = 0
  merged_cells = 0

  constructor(limits: XmlLimits) {
    this.#limits = limits
  }

  /** Takes the pieces of one part, in order. */
  part(): (piece: Buffer) => void {
    let rest = ''
    let depth = 0
    let text_length = 0
    const seen: Seen = { rows: 0, columns: 0, formats: 0, row_has_cells: false }
    return (piece) => {
      const xml = rest + piece.toString('latin1')
      rest = ''
      for (let at = 0; at < xml.length;) {
        const open = xml.indexOf('<', at)
        text_length += (open === -1 ? xml.length : open) - at
        if (text_length > MAX_TEXT) throw new SpreadsheetFault('damaged')
        if (open === -1) return
        const end = tagEnd(xml, open)
        if (end === -1) {
          rest = xml.slice(open)
          if (rest.length > MAX_TAG) throw new SpreadsheetFault('damaged')
          return
        }
        text_length = 0
        if (xml[open + 1] === '/') depth--
        else if (xml[open + 1] !== '?' && xml[open + 1] !== '!') {
          this.#element(xml, open, end, seen)
          if (xml[end - 1] !== '/') depth++
          if (depth > MAX_DEPTH) throw new SpreadsheetFault('damaged')
        }
        at = end + 1
      }
    }
  }

  #element(xml: string, open: number, end: number, seen: Seen): void {
    const { rows, cells } = this.#limits
    if (++this.#elements > cells * ELEMENTS_PER_CELL + OTHER_ELEMENTS)
      throw new SpreadsheetFault('too_many_cells', { limit: cells })
    if (isNamed(xml, open, 'row')) seen.row_has_cells = false
    else if (isNamed(xml, open, 'c')) {
      // Only formatted.
      if (xml[end - 1] === '/') return
      if (++this.#cells > cells) throw new SpreadsheetFault('too_many_cells', { limit: cells })
      if (!seen.row_has_cells && ++seen.rows > rows) throw new SpreadsheetFault('too_many_rows', { limit: rows })
      seen.row_has_cells = true
    } else if (isNamed(xml, open, 'mergeCell')) {
      this.merges++
      this.merged_cells += sizeOf(attribute(xml.slice(open, end), 'ref'))
    } else if (isNamed(xml, open, 'col')) {
      if (++seen.columns > MAX_COLUMNS || Number(attribute(xml.slice(open, end), 'max')) > MAX_COLUMNS)
        throw new SpreadsheetFault('damaged')
    } else if (isNamed(xml, open, 'xf')) {
      if (++seen.formats > MAX_FORMATS) throw new SpreadsheetFault('damaged')
    } else if (isNamed(xml, open, 'numFmt') && end - open > MAX_NUMBER_FORMAT) throw new SpreadsheetFault('damaged')
  }
}

/** In one part. */
interface Seen {
  /** Rows with cells that are not empty. */
  rows: number
  row_has_cells: boolean
  columns: number
  formats: number
}

const attribute = (tag: string, name: string) => new RegExp(`\\s${name}\\s*=\\s*["']([^"']*)`).exec(tag)?.[1]

const isNamed = (xml: string, open: number, name: string) =>
  xml.startsWith(name, open + 1) && END_OF_NAME.includes(xml[open + 1 + name.length]!)
const END_OF_NAME = ' />\t\r\n'

/** Where the tag, comment or instruction that opens at `open` ends; -1 when that is not there yet. */
function tagEnd(xml: string, open: number): number {
  if (xml[open + 1] === '?') return endAfter(xml, '?>', open)
  if (xml[open + 1] === '!') {
    if (xml.length < open + 4) return -1
    if (xml.startsWith('--', open + 2)) return endAfter(xml, '-->', open + 4)
    if (xml[open + 2] === '[') return endAfter(xml, ']]>', open)
    // A document type: no program writes one, and entities multiply.
    throw new SpreadsheetFault('damaged')
  }
  let quote = ''
  for (let at = open + 1; at < xml.length; at++) {
    const char = xml[at]!
    if (quote !== '') {
      if (char === quote) quote = ''
    } else if (char === '"' || char === "'") quote = char
    else if (char === '>') return at
  }
  return -1
}

function endAfter(xml: string, mark: string, from: number): number {
  const at = xml.indexOf(mark, from)
  return at === -1 ? -1 : at + mark.length - 1
}

/** Cells in a range. */
function sizeOf(range = ''): number {
  const [from, to] = range.split(':').map(parseReference)
  return from && to ? (Math.abs(to[0] - from[0]) + 1) * (Math.abs(to[1] - from[1]) + 1) : 1
}
