/**
 * Reads an .xlsx sheet by sheet, each while it is inflated. The reader is our own: none of the libraries for it reads every
 * legal file and stops at a limit. It may still take much time and memory: run it in a child process with limits.
 */
import type { Cell, CellRange, ExcelTable, Row, Sheet } from './cells.ts'
import { SpreadsheetFault } from './fault.ts'
import { onceEach } from './once-each.ts'
import { refuseOther } from './spreadsheet-kind.ts'
import { decodeEscapes } from './xml-text.ts'
import { BookReader } from './xlsx/book.ts'
import { booleanCell, errorCell, isoDateCell, numberCell, textCell } from './xlsx/cell.ts'
import { WorkbookPackage, type PackageLimits, type Relation } from './xlsx/package.ts'
import { MOST_MERGES, SheetReader, type SheetContext } from './xlsx/sheet.ts'
import { StringsReader } from './xlsx/strings.ts'
import { StylesReader } from './xlsx/styles.ts'
import { TableReader } from './xlsx/table.ts'

/** Beyond `rows` with content in a sheet, or `cells` in the sheets read, a workbook is refused. */
export interface WorkbookLimits extends PackageLimits {
  /** Cells beyond are not read. */
  columns: number
}

export interface WorkbookOptions {
  limits: WorkbookLimits
  /** Maps the text of a cell; an empty result leaves the cell out. */
  text?(written: string): string
  /** True: as on the screen, without hidden rows and columns and without cells under a merged range. */
  as_shown: boolean
  /** Visible sheets of these names are read before others. */
  first?(name: string): boolean
}

/**
 * Visible sheets first, each read when it is asked for, then hidden ones, which are not read; both in the order of their
 * tabs. Throws SpreadsheetFault.
 */
export async function* readWorkbook(bytes: Uint8Array, options: WorkbookOptions): AsyncGenerator<Sheet> {
  const file = await WorkbookPackage.open(bytes, options.limits)
  try {
    const { book, relations } = await readBook(file)
    const sheets = book.sheets
      .map(({ name, hidden, relation }, at) => ({ name, hidden, at, part: relations.get(relation) }))
      .filter(({ part }) => part?.type === 'worksheet')
    if (sheets.length === 0) throw new SpreadsheetFault('no_sheets')
    const context = await readContext(file, book, [...relations.values()], options)
    const visible = sheets
      .filter(({ hidden }) => !hidden)
      .toSorted((a, b) => Number(options.first?.(b.name) ?? false) - Number(options.first?.(a.name) ?? false))
    for (const [position, { name, part, at }] of visible.entries()) {
      const read = await readSheet(file, name, part!.part, context)
      const following = visible
        .slice(position + 1, position + 1 + MOST_FOLLOWING)
        .map((sheet) => ({ name: sheet.name, size_bytes: file.bytesOf(sheet.part!.part) }))
      yield { ...read, following, says: { ...read.says, ...book.namesOf(at) } }
    }
    for (const { name } of sheets.filter(({ hidden }) => hidden)) yield { name, hidden: true, rows: [], merges: [] }
  } finally {
    file.close()
  }
}

async function readBook(file: WorkbookPackage) {
  const main = [...(await file.relations()).values()].find(({ type }) => type === 'officeDocument')
  const part = main?.part ?? 'xl/workbook.xml'
  // Those of other formats are none, or no XML.
  if (!file.has(part) || !part.endsWith('.xml')) refuseOther(file.names)
  const book = new BookReader()
  await file.read(part, book)
  if (book.root !== 'workbook') refuseOther(file.names)
  return { book, relations: await file.relations(part) }
}

async function readContext(
  file: WorkbookPackage,
  book: BookReader,
  parts: Relation[],
  { as_shown, limits, text }: WorkbookOptions,
): Promise<SheetContext> {
  const partOf = (type: string) => parts.find((part) => part.type === type)?.part
  const [styles, strings] = [new StylesReader(), new StringsReader()]
  for (const [type, reader] of [['styles', styles] as const, ['sharedStrings', strings] as const]) {
    const part = partOf(type)
    if (part) await file.read(part, reader)
  }
  const ownText = onceEach((written) => textCell(text ? text(written) : written))
  /** A text is one cell however often it is used. */
  const shared: (Cell | undefined | null)[] = []
  const sharedText = (written: string) => {
    const at = Number(written)
    if (shared[at] === undefined) shared[at] = ownText(strings.texts[at] ?? '') ?? null
    return shared[at] ?? undefined
  }
  return {
    as_shown,
    columns: limits.columns,
    cellOf(type, written, inline, style) {
      if (type === 'inlineStr') return ownText(inline)
      if (written.trim() === '') return undefined
      switch (type) {
        case 's':
          return sharedText(written)
        case 'str':
          return ownText(decodeEscapes(written))
        case 'b':
          return booleanCell(written)
        case 'e':
          return errorCell(written)
        case 'd':
          return isoDateCell(written)
      }
      return numberCell(Number(written), styles.formatOf(style), book.is_1904)
    },
  }
}

async function readSheet(file: WorkbookPackage, name: string, part: string, context: SheetContext) {
  const reader = new SheetReader(context)
  const { totals } = file
  const { merged_cells } = totals
  try {
    await file.read(part, reader)
  } catch (thrown) {
    if (!(thrown instanceof SpreadsheetFault)) throw thrown
    const { code, facts } = thrown
    const cell = reader.place
    throw new SpreadsheetFault(code, { sheet: name, ...(cell && { cell }), ...facts }, { cause: thrown })
  }
  const has_too_many = reader.merges.length > MOST_MERGES || totals.merged_cells - merged_cells > MOST_MERGED_CELLS
  const kept = has_too_many ? [] : reader.merges
  return {
    name,
    hidden: false,
    rows: context.as_shown ? withoutCovered(reader.rows, kept) : reader.rows,
    merges: kept,
    ...(reader.beyond === undefined ? {} : { beyond: reader.beyond }),
    says: { tables: reader.has_tables ? await readTables(file, part) : [], ...reader.says },
  }
}

/** A year has 53 weeks. */
const MOST_FOLLOWING = 60

/** Each cell under a merged range is looked at. */
const MOST_MERGED_CELLS = 500_000

/** A cell under a merged range is not on the screen, whatever the file holds there. */
function withoutCovered(rows: Row[], merges: CellRange[]): Row[] {
  if (merges.length === 0) return rows
  const by_number = new Map(rows.map((row) => [row.number, row]))
  for (const { top, left, bottom, right } of merges)
    for (let number = top; number <= bottom; number++) {
      const row = by_number.get(number)
      if (!row) continue
      for (let column = number === top ? left + 1 : left; column <= right; column++) delete row.cells[column]
    }
  return rows.filter(({ cells }) => cells.some((cell) => cell !== undefined))
}

async function readTables(file: WorkbookPackage, part: string): Promise<ExcelTable[]> {
  const tables: ExcelTable[] = []
  for (const { type, part: table_part } of (await file.relations(part)).values()) {
    if (type !== 'table' || tables.length === MOST_TABLES) continue
    const reader = new TableReader()
    await file.read(table_part, reader)
    if (reader.table) tables.push(reader.table)
  }
  return tables
}

const MOST_TABLES = 100
