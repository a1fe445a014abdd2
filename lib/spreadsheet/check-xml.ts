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

/** Counts over all parts of a workbook. */
export interface XmlTotals {
  readonly limits: XmlLimits
  elements: number
  /** Not empty. */
  cells: number
  /** Merged ranges, and the cells in them. */
  merges: number
  merged_cells: number
}

export const newTotals = (limits: XmlLimits): XmlTotals => ({
  limits,
  elements: 0,
  cells: 0,
  merges: 0,
  merged_cells: 0,
})

/** One part, which comes in pieces. */
export class XmlCheck {
  readonly #totals: XmlTotals
  /** Of a tag whose end has not come yet. */
  #rest = ''
  #depth = 0
  /** Characters since the last tag. */
  #text_length = 0
  #rows = 0
  #row_has_cells = false
  #columns = 0
  #formats = 0
  /** Of the cell whose value comes now, when that is a number: what came of it. */
  #number: string | undefined
  #cell_is_number = false

  constructor(totals: XmlTotals) {
    this.#totals = totals
  }

  /** Throws SpreadsheetFault. */
  push(piece: Buffer): void {
    const xml = this.#rest + piece.toString('latin1')
    this.#rest = ''
    for (let at = 0; at < xml.length;) {
      const open = xml.indexOf('<', at)
      this.#text(xml, at, open === -1 ? xml.length : open)
      if (open === -1) return
      const end = tagEnd(xml, open)
      if ((end === -1 ? xml.length : end) - open > MAX_TAG) throw damaged()
      if (end === -1) {
        this.#rest = xml.slice(open)
        return
      }
      this.#tag(xml, open, end)
      at = end + 1
    }
  }

  #text(xml: string, from: number, to: number): void {
    this.#text_length += to - from
    if (this.#text_length > MAX_TEXT) throw damaged()
    if (this.#number !== undefined && this.#number.length < MAX_NUMBER) this.#number += xml.slice(from, to)
  }

  #tag(xml: string, open: number, end: number): void {
    this.#text_length = 0
    if (this.#number !== undefined && isMisread(this.#number)) throw damaged()
    this.#number = undefined
    const first = xml[open + 1]
    if (first === '/') this.#depth--
    if (first === '/' || first === '?' || first === '!') return
    const { limits } = this.#totals
    if (++this.#totals.elements > limits.cells * ELEMENTS_PER_CELL + OTHER_ELEMENTS) throw tooManyCells(limits)
    const is_empty = xml[end - 1] === '/'
    if (!is_empty && ++this.#depth > MAX_DEPTH) throw damaged()
    if (isNamed(xml, open, 'v')) this.#number = this.#cell_is_number ? '' : undefined
    else if (isNamed(xml, open, 'c') && !is_empty) this.#cell(xml.slice(open, end))
    else if (isNamed(xml, open, 'row')) this.#row_has_cells = false
    else if (isNamed(xml, open, 'mergeCell')) {
      this.#totals.merges++
      this.#totals.merged_cells += sizeOf(attribute(xml.slice(open, end), 'ref'))
    } else if (isNamed(xml, open, 'col')) {
      if (++this.#columns > MAX_COLUMNS || Number(attribute(xml.slice(open, end), 'max')) > MAX_COLUMNS) throw damaged()
    } else if (isNamed(xml, open, 'xf')) {
      if (++this.#formats > MAX_FORMATS) throw damaged()
    } else if (isNamed(xml, open, 'numFmt') && end - open > MAX_NUMBER_FORMAT) throw damaged()
  }

  #cell(tag: string): void {
    const { limits } = this.#totals
    if (++this.#totals.cells > limits.cells) throw tooManyCells(limits)
    if (!this.#row_has_cells && ++this.#rows > limits.rows)
      throw new SpreadsheetFault('too_many_rows', { limit: limits.rows })
    this.#row_has_cells = true
    this.#cell_is_number = (attribute(tag, 't') ?? 'n') === 'n'
  }
}

const damaged = () => new SpreadsheetFault('damaged')
const tooManyCells = ({ cells }: XmlLimits) => new SpreadsheetFault('too_many_cells', { limit: cells })

/** A number as no program writes it, of which exceljs takes the beginning for the whole: 1,5 or 0x1F. */
const isMisread = (text: string) => !NUMBER.test(text) && Number.isFinite(Number.parseFloat(text))
const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i
const MAX_NUMBER = 400

const ATTRIBUTES = {
  ref: /\sref\s*=\s*["']([^"']*)/,
  max: /\smax\s*=\s*["']([^"']*)/,
  t: /\st\s*=\s*["']([^"']*)/,
}
const attribute = (tag: string, name: keyof typeof ATTRIBUTES) => ATTRIBUTES[name].exec(tag)?.[1]

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
    throw damaged()
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
