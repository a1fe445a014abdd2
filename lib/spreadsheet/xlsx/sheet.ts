/** Reads the part of one sheet while it is inflated: its rows, and what it says about them. */
import {
  columnName,
  parseRange,
  parseReference,
  type Cell,
  type CellRange,
  type Row,
  type SheetHints,
} from '../cells.ts'
import { attribute, MAX_TEXT, type XmlVisitor } from '../check-xml.ts'
import { decodeEscapes } from '../xml-text.ts'
import { isTrue } from './book.ts'

/** Of the workbook. */
export interface SheetContext {
  /** Without hidden rows and columns. */
  as_shown: boolean
  /** Cells beyond are not read. */
  columns: number
  /** `written` is the content of a value, `text` that of a text of its own. Undefined: the cell is empty. */
  cellOf(type: string, written: string, text: string, style: number): Cell | undefined
}

export class SheetReader implements XmlVisitor {
  readonly merges: CellRange[] = []
  readonly says: Pick<SheetHints, 'auto_filter' | 'frozen' | 'hidden_columns' | 'formulas_without_value'> = {
    formulas_without_value: { count: 0, cells: [] },
  }
  /** Whether relations name tables. */
  has_tables = false
  takes_text = false
  /** The last column with a value beyond those that are read. */
  beyond: number | undefined
  readonly #context: SheetContext
  readonly #hidden_columns = new Set<number>()
  #rows: Row[] = []
  #are_sorted = true
  #row: Row | undefined
  #row_number = 0
  #column = -1
  #cell: OpenCell | undefined
  /** Inside this element nothing is the sheet's own: extensions, views that somebody saved, readings of East Asian texts. */
  #skipped: string | undefined

  constructor(context: SheetContext) {
    this.#context = context
  }

  /** The last cell that was read, as A1; at the start of a row, its cell in column A. */
  get place(): string | undefined {
    return this.#row_number === 0 ? undefined : `${columnName(Math.max(0, this.#column))}${this.#row_number}`
  }

  /** With content, top-down. */
  get rows(): Row[] {
    return this.#are_sorted ? this.#rows : sorted(this.#rows)
  }

  open(name: string, tag: string): void {
    if (this.#skipped !== undefined) return
    switch (name) {
      case 'row':
        this.#openRow(tag)
        break
      case 'c':
        this.#openCell(tag)
        break
      case 'v':
      case 't':
        if (this.#cell) this.takes_text = true
        else if (this.#row && this.#column >= this.#context.columns)
          this.beyond = Math.max(this.beyond ?? 0, this.#column)
        if (this.#cell && name === 'v') this.#cell.in_value = true
        break
      case 'f':
        if (this.#cell) this.#cell.has_formula = true
        break
      case 'col':
        this.#readColumns(tag)
        break
      case 'mergeCell': {
        if (this.merges.length > MOST_MERGES) break
        const range = parseRange(attribute(tag, 'ref') ?? '')
        if (range) this.merges.push(range)
        break
      }
      case 'autoFilter': {
        const range = parseRange(attribute(tag, 'ref') ?? '')
        if (range) this.says.auto_filter = range
        break
      }
      case 'pane':
        this.#readPane(tag)
        break
      case 'tablePart':
        this.has_tables = true
        break
      case 'extLst':
      case 'customSheetViews':
      case 'rPh':
        this.#skipped = name
        break
    }
  }

  text(text: string): void {
    const cell = this.#cell
    // In runs it could be as long as the part.
    if (!cell || cell.text.length + cell.value.length > MAX_TEXT) return
    if (cell.in_value) cell.value += text
    else cell.text += text
  }

  close(name: string): void {
    if (this.#skipped !== undefined) {
      if (name === this.#skipped) this.#skipped = undefined
      return
    }
    if (name === 'v' || name === 't') {
      this.takes_text = false
      if (this.#cell) this.#cell.in_value = false
    } else if (name === 'c') this.#closeCell()
    else if (name === 'row') this.#closeRow()
  }

  /** Rows and cells need not say where they are: each is then right after the one before. */
  #openRow(tag: string): void {
    const number = Number(attribute(tag, 'r') ?? this.#row_number + 1)
    this.#row_number = Number.isInteger(number) && number > 0 ? number : this.#row_number + 1
    this.#column = -1
    const is_hidden = this.#context.as_shown && isTrue(attribute(tag, 'hidden'))
    this.#row = is_hidden ? undefined : { number: this.#row_number, cells: [] }
  }

  #openCell(tag: string): void {
    const reference = attribute(tag, 'r')
    const place = reference === undefined ? undefined : parseReference(reference)
    this.#column = place ? place[0] : this.#column + 1
    if (!this.#row || this.#column >= this.#context.columns || this.#hidden_columns.has(this.#column)) return
    this.#cell = {
      type: attribute(tag, 't') ?? 'n',
      style: Number(attribute(tag, 's') ?? 0),
      value: '',
      in_value: false,
      text: '',
      has_formula: false,
    }
  }

  #closeCell(): void {
    const cell = this.#cell
    this.#cell = undefined
    if (!cell) return
    // A formula may come to the empty text, which is a value.
    if (cell.has_formula && cell.value === '' && cell.text === '' && cell.type !== 'str') this.#noteFormula()
    const read = this.#context.cellOf(cell.type, cell.value, decodeEscapes(cell.text), cell.style)
    if (read) this.#row!.cells[this.#column] = read
  }

  #noteFormula(): void {
    const { formulas_without_value } = this.says
    if (++formulas_without_value.count <= MOST_FORMULAS) formulas_without_value.cells.push(this.place!)
  }

  #closeRow(): void {
    const row = this.#row
    this.#row = undefined
    if (!row || row.cells.length === 0) return
    if (row.number <= (this.#rows.at(-1)?.number ?? 0)) this.#are_sorted = false
    this.#rows.push(row)
  }

  #readColumns(tag: string): void {
    const is_hidden = isTrue(attribute(tag, 'hidden')) || Number(attribute(tag, 'width') ?? 1) === 0
    if (!is_hidden || !this.#context.as_shown) return
    const last = Math.min(Number(attribute(tag, 'max')), this.#context.columns)
    const first = Math.max(1, Number(attribute(tag, 'min')))
    for (let column = first; column <= last; column++) this.#hidden_columns.add(column - 1)
    this.says.hidden_columns = [...this.#hidden_columns]
  }

  #readPane(tag: string): void {
    if (!attribute(tag, 'state')?.startsWith('frozen')) return
    this.says.frozen = { rows: Number(attribute(tag, 'ySplit') ?? 0), columns: Number(attribute(tag, 'xSplit') ?? 0) }
  }
}

interface OpenCell {
  type: string
  style: number
  value: string
  in_value: boolean
  /** Of its own, in runs. */
  text: string
  has_formula: boolean
}

const MOST_FORMULAS = 100
/** More help no reader, and cost each one time. */
export const MOST_MERGES = 20_000

/** A row that comes twice is one row. */
function sorted(rows: Row[]): Row[] {
  const by_number = new Map<number, Row>()
  for (const row of rows) {
    const known = by_number.get(row.number)
    if (known) row.cells.forEach((cell, column) => void (known.cells[column] = cell))
    else by_number.set(row.number, row)
  }
  return [...by_number.values()].toSorted((a, b) => a.number - b.number)
}
