/**
 * Scans a workbook's XML while it is inflated, and stops at what would keep a reader busy for minutes: millions of elements,
 * thousands of levels, tags or texts of megabytes, entities. Counts what a sheet holds on the way. Elements are known by
 * their names alone: which prefix a file gives them is its own choice.
 */
import { EXCEL_COLUMNS, parseRange } from './cells.ts'
import { SpreadsheetFault } from './fault.ts'
import { decodeXmlText } from './xml-text.ts'

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
export const MAX_TEXT = 1024 * 1024
/** Excel's own limits are some 65,000 formats of cells, and 255 characters of a number format. */
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

/** What reads a part: an empty element is opened and closed. */
export interface XmlVisitor {
  /** `tag` is for `attribute`. */
  open(name: string, tag: string): void
  close(name: string): void
  /** Called, in pieces of any length, while `takes_text` is set. */
  text?(text: string): void
  takes_text?: boolean
}

/** One part, which comes in pieces of UTF-8. */
export class XmlCheck {
  readonly #totals: XmlTotals
  readonly #visitor: XmlVisitor | undefined
  /** Since the last tag, for the visitor: as scanned, so that no character and no entity is cut. */
  #text_scanned = ''
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

  constructor(totals: XmlTotals, visitor?: XmlVisitor) {
    this.#totals = totals
    this.#visitor = visitor
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

  /** Throws SpreadsheetFault where the part was cut short. */
  end(): void {
    if (this.#depth !== 0 || this.#rest !== '') throw damaged()
  }

  #text(xml: string, from: number, to: number): void {
    if (from === to) return
    this.#text_length += to - from
    if (this.#text_length > MAX_TEXT) throw damaged()
    if (this.#visitor?.takes_text) this.#text_scanned += xml.slice(from, to)
    if (this.#number !== undefined && this.#number.length < MAX_NUMBER) this.#number += xml.slice(from, to)
  }

  #tag(xml: string, open: number, end: number): void {
    this.#text_length = 0
    if (this.#number !== undefined && isMisread(this.#number))
      throw new SpreadsheetFault('damaged', { written: this.#number.trim() })
    this.#number = undefined
    const visitor = this.#visitor
    if (visitor && this.#text_scanned !== '') {
      visitor.text?.(decodeXmlText(this.#text_scanned))
      this.#text_scanned = ''
    }
    const first = xml.charCodeAt(open + 1)
    if (first === SLASH) {
      this.#depth--
      visitor?.close(nameAt(xml, open + 2, end))
      return
    }
    if (first === QUESTION) return
    if (first === EXCLAMATION) {
      if (visitor?.takes_text && xml[open + 2] === '[')
        visitor.text?.(decodeBytes(xml.slice(open + CDATA.length, end - 2)))
      return
    }
    const { limits } = this.#totals
    if (++this.#totals.elements > limits.cells * ELEMENTS_PER_CELL + OTHER_ELEMENTS) throw tooManyCells(limits)
    const is_empty = xml.charCodeAt(end - 1) === SLASH
    if (!is_empty && ++this.#depth > MAX_DEPTH) throw damaged()
    const name = nameAt(xml, open + 1, end)
    const tag = xml.slice(open, end)
    this.#count(name, tag, is_empty)
    if (!visitor) return
    visitor.open(name, tag)
    if (is_empty) visitor.close(name)
  }

  #count(name: string, tag: string, is_empty: boolean): void {
    switch (name) {
      case 'v':
        this.#number = this.#cell_is_number && !is_empty ? '' : undefined
        break
      case 'c':
        if (!is_empty) this.#cell(tag)
        break
      case 'row':
        this.#row_has_cells = false
        break
      case 'mergeCell':
        this.#totals.merges++
        this.#totals.merged_cells += sizeOf(attribute(tag, 'ref'))
        break
      case 'col':
        if (++this.#columns > EXCEL_COLUMNS || Number(attribute(tag, 'max')) > EXCEL_COLUMNS) throw damaged()
        break
      case 'xf':
        if (++this.#formats > MAX_FORMATS) throw damaged()
        break
      case 'numFmt':
        if (tag.length > MAX_NUMBER_FORMAT) throw damaged()
        break
    }
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

/** A number as no program writes it, of which a reader might take the beginning for the whole: 1,5 or 0x1F. */
const isMisread = (text: string) => !NUMBER.test(text) && Number.isFinite(Number.parseFloat(text))
const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i
const MAX_NUMBER = 400

/** Of a tag as a visitor is given it. A name with a prefix, as `r:id`, is found by what follows the prefix: `:id`. */
export function attribute(tag: string, name: string): string | undefined {
  // Most are written as ` name="value"`, or not there: those are spared the pattern.
  if (!tag.includes(name)) return undefined
  const usual = tag.indexOf(` ${name}="`)
  if (usual !== -1) {
    const from = usual + name.length + 3
    const to = tag.indexOf('"', from)
    if (to !== -1) return decodeXmlText(tag.slice(from, to))
  }
  let pattern = attributes.get(name)
  if (!pattern) {
    const written = name.startsWith(':') ? `[^\\s=:]+${name}` : name
    pattern = new RegExp(`\\s${written}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`)
    attributes.set(name, pattern)
  }
  const found = pattern.exec(tag)
  return found ? decodeXmlText(found[1] ?? found[2]!) : undefined
}
const attributes = new Map<string, RegExp>()

const SLASH = 47
const QUESTION = 63
const EXCLAMATION = 33
const CDATA = '<![CDATA['
const decodeBytes = (scanned: string) => Buffer.from(scanned, 'latin1').toString('utf8')

/** The name that starts at `from`, without its prefix. */
function nameAt(xml: string, from: number, end: number): string {
  let start = from
  let at = from
  for (; at < end; at++) {
    const char = xml.charCodeAt(at)
    if (char === COLON) start = at + 1
    else if (char <= BLANK || char === SLASH) break
  }
  return xml.slice(start, at)
}
const COLON = 58
const BLANK = 32

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
  const area = parseRange(range)
  return area ? (area.right - area.left + 1) * (area.bottom - area.top + 1) : 1
}
