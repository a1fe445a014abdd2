/**
 * Finds the tables of a sheet: those that the workbook names, then others as a person would find them: below title rows and notes, beside other tables, with blank rows and
 * section headings inside and remarks underneath. Each is a header row, the columns it spans and the rows that keep to
 * its pattern of numbers and dates.
 */
import { indexOfRow, type Cell, type Row, type Sheet } from '../../lib/spreadsheet/cells.ts'
import type { FoundTable } from './table.ts'
import { filledColumns, isValue, cellKind, type CellKind } from './cell-kind.ts'
import { declaredHeader, declaredTables } from './declared.ts'
import { isGapWord } from './gap-words.ts'
import { completesHeader, countsIn, headerOf, isHeaderRow, mergedAt, mergesIn, upperHeaderRows } from './header.ts'
import { isRemark, titlesAbove } from './titles.ts'

/** Tables in reading order. */
export function findTables(sheet: Sheet): FoundTable[] {
  const tables = declaredTables(sheet)
  /** By column: the index of the last row that belongs to a table above. */
  const takenTo: number[] = []
  for (const table of tables) take(table, takenTo)
  const header = declaredHeader(sheet)
  for (let at = 0; at < sheet.rows.length; at++) {
    if (header !== undefined && sheet.rows[at]!.number < header) continue
    const free = filledColumns(sheet.rows[at]!).filter((column) => at > (takenTo[column] ?? -1))
    if (free.length === 0) continue
    for (const columns of columnGroups(sheet, at, takenTo)) {
      const table = tableUnder(sheet, at, columns, takenTo, sheet.rows[at]!.number === header)
      if (!table) continue
      tables.push(table)
      take(table, takenTo)
    }
  }
  return tables.length > 0 ? tables : tablesWithoutHeader(sheet)
}

function take({ sheet, columns, body }: FoundTable, takenTo: number[]): void {
  const end = indexOfRow(sheet.rows, body.at(-1)!.number)
  for (let column = columns[0]!; column <= columns.at(-1)!; column++) takenTo[column] = end
}

/** `told`: the workbook says that this is the header. */
function tableUnder(
  sheet: Sheet,
  at: number,
  columns: number[],
  takenTo: number[],
  told: boolean,
): FoundTable | undefined {
  const known = told || completesHeader(sheet, at, columns)
  if (!known && (!isHeaderRow(sheet.rows, at, columns) || hasLowerHeader(sheet, at, columns))) return undefined
  if (completesHeader(sheet, at + 1, columns)) return undefined
  if (!known && isWithinData(sheet.rows, at, columns)) return undefined
  const filter = told ? sheet.says?.auto_filter : undefined
  const until = filter?.top === sheet.rows[at]!.number ? filter.bottom : 0
  const { body, sections } = bodyUnder(sheet.rows, at, columns, until)
  if (body.length === 0 || isForm([sheet.rows[at]!, ...body], columns)) return undefined
  const floor = Math.max(...columns.map((column) => takenTo[column] ?? -1)) + 1
  const upper = upperHeaderRows(sheet, at, columns, floor)
  const headerRows = [...upper, at].map((index) => sheet.rows[index]!)
  return {
    sheet,
    titles: titlesAbove(sheet, upper[0] ?? at, floor, columns),
    columns,
    headers: columns.map((column) => headerOf(sheet, headerRows, column)),
    top: headerRows[0]!.number,
    body,
    sections,
  }
}

/** `auf Anfrage | Dübel` between rows of a number and a name each: under no header at all. */
function isWithinData(rows: Row[], at: number, columns: number[]): boolean {
  const near = [at - 2, at - 1, at + 1].map((index) => rows[index])
  if (near.some((row, index) => !row || row.number !== rows[at]!.number + [-2, -1, 1][index]!)) return false
  const kindsOf = (row: Row | undefined) => columns.map((column) => cellKind(row!.cells[column])).join()
  const [first] = near.map(kindsOf)
  return new Set(near.map(kindsOf)).size === 1 && first!.includes('number') && first!.includes('text')
}

/** `Receita` above `2024 | 2025`, `Bimestre` above `1 | 2 | 3 | 4`: the lower row is the header, right above the data. */
function hasLowerHeader(sheet: Sheet, at: number, columns: number[]): boolean {
  const { rows } = sheet
  const next = rows[at + 1]
  if (!next) return false
  // A key and its value, a blank row, the header.
  const [filled, below] = [filledColumns(rows[at]!), filledColumns(next)]
  if (next.number === rows[at]!.number + 2 && filled.length * 2 <= below.length && isHeaderRow(rows, at + 1, below))
    return true
  if (next.number !== rows[at]!.number + 1) return false
  if (isUnderGroups(sheet, at, columns)) return true
  const upper = columns.filter((column) => rows[at]!.cells[column])
  if (upper.length === 1 && countsIn(next, columns).length > 0 && isHeaderRow(rows, at + 1, columns)) return true
  const kinds = columns.map((column) => cellKind(next.cells[column]))
  const names = kinds.filter((kind) => kind !== 'empty').length
  return (
    names >= 2 &&
    names * 2 >= columns.length &&
    !kinds.includes('number') &&
    kinds[0] === 'empty' &&
    isHeaderRow(rows, at + 1, columns)
  )
}

/** Each column of a merged heading has a name below it: `PIB` over `2019 | 2020`, `Meses` over `0 | 1 | 2`, whatever stands beside it. */
function isUnderGroups(sheet: Sheet, at: number, columns: number[]): boolean {
  const { rows } = sheet
  const [row, next] = [rows[at]!, rows[at + 1]!]
  const groups = mergesIn(sheet, row.number).filter(({ top, bottom, left, right }) => {
    const width = columns.filter((column) => column >= left && column <= right).length
    return top === row.number && bottom === top && width > 1 && width < columns.length
  })
  const inside = columns.filter((column) => groups.some(({ left, right }) => column >= left && column <= right))
  if (inside.length === 0) return false
  const counts = countsIn(next, columns)
  const headerCell = (column: number) => next.cells[mergedAt(sheet, next.number, column)?.left ?? column]
  const isName = (column: number) =>
    counts.includes(column) || ['text', 'year', 'date'].includes(cellKind(headerCell(column)))
  const isNoValue = (column: number) => ['text', 'empty'].includes(cellKind(next.cells[column]))
  return (
    inside.every(isName) &&
    columns.every((column) => inside.includes(column) || isNoValue(column)) &&
    isHeaderRow(rows, at + 1, columns)
  )
}

/**
 * The columns under a header row, in groups where blank columns separate tables side by side. Columns to the right of a
 * blank one are a table of their own only when they begin with labels.
 */
function columnGroups(sheet: Sheet, at: number, takenTo: number[]): number[][] {
  const { rows, says } = sheet
  const sample = rows.slice(at + 1, at + 5)
  const used = new Set(filledColumns(rows[at]!))
  for (const row of sample)
    for (const column of filledColumns(row)) if (isValue(cellKind(row.cells[column]))) used.add(column)
  const labels = sample.flatMap(filledColumns)
  // `Situação` is merged down into this row, beside the columns of a group.
  const { number } = rows[at]!
  for (const column of new Set(labels)) {
    const range = mergedAt(sheet, number, column)
    if (range && range.bottom === number && range.top < number && range.left === range.right) used.add(column)
  }
  // A column of names often has a blank header, the first one above all.
  for (const column of labels) if (used.has(column + 1)) used.add(column)
  const hiddenBetween = (left: number, right: number) =>
    says?.hidden_columns?.filter((column) => column > left && column < right).length ?? 0
  const groups: number[][] = []
  const free = [...used].filter((column) => at > (takenTo[column] ?? -1))
  for (const column of free.toSorted((a, b) => a - b)) {
    const last = groups.at(-1)
    const gap = last ? column - last.at(-1)! - hiddenBetween(last.at(-1)!, column) : 0
    if (last && (gap === 1 || (gap <= 3 && !hasLabels(sample, column)))) last.push(column)
    else groups.push([column])
  }
  return groups.filter((group) => group.some((column) => rows[at]!.cells[column]))
}

function hasLabels(sample: Row[], column: number): boolean {
  const kinds = sample.map((row) => cellKind(row.cells[column])).filter((kind) => kind !== 'empty')
  return kinds.length > 0 && kinds.filter((kind) => kind === 'text' || kind === 'date').length * 2 > kinds.length
}

/** Blank rows end a table, but for those above row number `until`. */
function bodyUnder(
  rows: Row[],
  header: number,
  columns: number[],
  until: number,
): Pick<FoundTable, 'body' | 'sections'> {
  const sample = rows.slice(header + 1, header + 6)
  // `2024` alone above `Jan`, `Feb`, `Mar` heads them.
  const isNames = (column: number) =>
    columns.length > 1 &&
    sample.filter((row) => cellKind(row.cells[column]) === 'text').length > 2 &&
    sample.every((row) => cellKind(row.cells[column]) === 'text' || isYearAlone(row, columns))
  const measured = columns.filter(
    (column) =>
      sample.some((row) => isValue(cellKind(row.cells[column]))) && !isNames(column) && !isSizes(sample, column),
  )
  const body: Row[] = []
  const sections = new Map<Row, string>()
  let section: string | undefined
  let last = rows[header]!.number
  for (let at = header + 1; at < rows.length; at++) {
    const row = rows[at]!
    if (row.number > until && row.number - last > (body.length === 0 ? 3 : 2)) break
    if (columns.every((column) => !row.cells[column])) continue
    // At the break of a page.
    if (repeatsHeader(row, rows[header]!, columns)) {
      if (body.length === 0 || row.number - last > 1) break
      last = row.number
      continue
    }
    const { values, texts, gaps } = countKinds(row, measured)
    // An error or `n/d` where a number belongs: a row of data that lacks one.
    if (values === 0 && texts === 0 && gaps > 0) body.push(row)
    else if (values === 0) {
      // A section heading or a row without values is passed over, when data goes on below; a remark ends the table.
      if (body.length === 0 && texts > 1) break
      const isData = body.length > 0 || isWordBelow(rows[header]!, row, columns, measured)
      if (isData && isWordRow(rows, at, columns, measured, header)) {
        body.push(row)
        last = row.number
        continue
      }
      const heading = headingOf(row, columns)
      // The first group of a table with sections has a heading, too: without one it is a name that lacks its number.
      if (
        heading !== undefined &&
        section === undefined &&
        body.length > 0 &&
        lacksNumber(rows, at, columns, measured)
      ) {
        body.push(row)
        last = row.number
        continue
      }
      // `PAPÉIS` alone above codes heads a section, not three columns.
      const isHeading = heading !== undefined && columns.length > 2
      if (!continues(rows, at, columns, measured) || (!isHeading && isHeaderRow(rows, at, columns))) break
      section = heading ?? section
    } else if (texts > values && !repeatsWord(row, measured) && isHeaderRow(rows, at, columns)) break
    else if (row.number - last === 2 && texts > 0 && isHeaderRow(rows, at, columns)) break
    else body.push(row)
    if (section !== undefined && body.at(-1) === row) sections.set(row, section)
    last = row.number
  }
  return { body, sections }
}

/** `3 m`, `each`, `pair`: sizes and words, no numbers at all. */
function isSizes(sample: Row[], column: number): boolean {
  const cells = sample.flatMap((row) => row.cells[column] ?? [])
  const words = cells.filter((cell) => cellKind(cell) === 'text' && !isGapWord(String(cell.value)))
  const sizes = cells.filter(({ value }) => typeof value === 'string' && /^\d.*\p{L}/u.test(value))
  return words.length >= 2 && words.length >= sizes.length && words.length + sizes.length === cells.length
}

/** `6 | F | F | F` among marks: names of columns differ, and none of them is a number. */
function repeatsWord(row: Row, measured: number[]): boolean {
  const cells = measured.flatMap((column) => row.cells[column] ?? [])
  const words = cells.filter((cell) => cellKind(cell) === 'text').map(({ value }) => value)
  return new Set(words).size === 1 && words.length > 1 && cells.some((cell) => cellKind(cell) === 'number')
}

/** The name alone, where the rows above and below have one and numbers. */
function lacksNumber(rows: Row[], at: number, columns: number[], measured: number[]): boolean {
  const label = columns.find((column) => rows[at]!.cells[column])!
  const isNamed = (row: Row | undefined) => row !== undefined && cellKind(row.cells[label]) === 'text'
  return (
    !measured.includes(label) &&
    isNamed(rows[at - 1]) &&
    isNamed(rows[at + 1]) &&
    continues(rows, at, columns, measured)
  )
}

function repeatsHeader(row: Row, header: Row, columns: number[]): boolean {
  const names = columns.filter((column) => header.cells[column])
  return names.length >= 2 && columns.every((column) => row.cells[column]?.value === header.cells[column]?.value)
}

/** The text of a row that holds nothing else. */
function headingOf(row: Row, columns: number[]): string | undefined {
  const cells = columns.flatMap((column) => row.cells[column] ?? [])
  return cells.length === 1 && ['text', 'year'].includes(cellKind(cells[0])) ? String(cells[0]!.value) : undefined
}

function isYearAlone(row: Row, columns: number[]): boolean {
  const cells = columns.flatMap((column) => row.cells[column] ?? [])
  return cells.length === 1 && cellKind(cells[0]) === 'year'
}

/** `Sardinha | fora de época` right below `Peixe | Preço por kg`: names begin with a capital, what is said of a number does not. */
function isWordBelow(header: Row, row: Row, columns: number[], measured: number[]): boolean {
  const isSmall = (column: number) => /^\p{Ll}/u.test(String(row.cells[column]!.value))
  const filled = columns.filter((column) => cellKind(row.cells[column]) === 'text')
  return (
    row.number === header.number + 1 &&
    filled.length >= 2 &&
    filled.every((column) => isSmall(column) === measured.includes(column)) &&
    filled.every((column) => /^\p{Lu}/u.test(String(header.cells[column]?.value ?? '')))
  )
}

/** A name with one word where its number belongs, among rows of data; the header that is repeated is none. */
function isWordRow(rows: Row[], at: number, columns: number[], measured: number[], header: number): boolean {
  if (!hasOneWord(rows, at, columns, measured, header)) return false
  return continues(rows, at, columns, measured) || endsInWords(rows, at, columns, measured)
}

/** `unlike`: the index of a row that has another word there. */
function hasOneWord(rows: Row[], at: number, columns: number[], measured: number[], unlike: number): boolean {
  const row = rows[at]!
  // `each` among `5 l` and `box of 10` says nothing of a missing number.
  const before = rows.slice(Math.max(0, at - 6), at)
  const isMixed = (column: number) =>
    before.filter((one) => cellKind(one.cells[column]) === 'text').length > 2 ||
    before.filter((one) => /\d\s?\p{L}{1,4}$/u.test(String(one.cells[column]?.value ?? ''))).length > 1
  const words = measured.filter((column) => cellKind(row.cells[column]) === 'text' && !isMixed(column))
  // `POA` in each of its columns is one word.
  const written = new Set(words.map((column) => String(row.cells[column]!.value)))
  if (written.size !== 1 || rows[at - 1]!.number !== row.number - 1) return false
  if (String(row.cells[words[0]!]!.value) === String(rows[unlike]!.cells[words[0]!]?.value)) return false
  return columns.some((column) => !measured.includes(column) && cellKind(row.cells[column]) === 'text')
}

/** A table hardly ends in more rows without a number. */
const MOST_WORD_ROWS = 20

/** The last rows of a table may be those without a number; `Fonte | tesouraria` below it is a remark. */
function endsInWords(rows: Row[], from: number, columns: number[], measured: number[]): boolean {
  for (let at = from; at < from + MOST_WORD_ROWS; at++) {
    const row = rows[at]!
    if (at > from && !hasOneWord(rows, at, columns, measured, at - 1)) return false
    if (at > from && continues(rows, at, columns, measured)) return true
    const [label] = columns.flatMap((column) => row.cells[column] ?? [])
    if (isRemark(`${String(label!.value)}:`)) return false
    const next = rows[at + 1]
    if (!next || next.number > row.number + 1) return true
  }
  return false
}

/** Whether the next row is data again. */
function continues(rows: Row[], at: number, columns: number[], measured: number[]): boolean {
  const next = rows[at + 1]
  if (!next || next.number - rows[at]!.number > 1) return false
  const { values, texts } = countKinds(next, measured)
  return values > texts && columns.some((column) => !measured.includes(column) && next.cells[column])
}

function countKinds(row: Row, measured: number[]): { values: number; texts: number; gaps: number } {
  const kinds = measured.map((column): CellKind => cellKind(row.cells[column]))
  const count = (wanted: (kind: CellKind) => boolean) => kinds.filter(wanted).length
  return {
    values: count(isValue),
    texts: count((kind) => kind === 'text'),
    gaps: count((kind) => kind === 'other'),
  }
}

/** Names and numbers side by side under no header at all. */
function tablesWithoutHeader(sheet: Sheet): FoundTable[] {
  const { rows } = sheet
  const start = rows.findIndex((row, at) => {
    const next = rows[at + 1]
    return next !== undefined && next.number === row.number + 1 && isBareData(row) && isBareData(next)
  })
  if (start === -1) return []
  const columns = filledColumns(rows[start]!)
  const measured = columns.filter((column) => isValue(cellKind(rows[start]!.cells[column])))
  const body: Row[] = []
  for (let at = start; at < rows.length; at++) {
    const row = rows[at]!
    if (body.length > 0 && row.number - body.at(-1)!.number > 2) break
    const isWord =
      body.length > 0 && hasOneWord(rows, at, columns, measured, start) && continues(rows, at, columns, measured)
    if (countKinds(row, measured).values === 0 && !isWord) break
    body.push(row)
  }
  // Of a form only some rows hold numbers.
  const filledIn = rows.filter(({ cells }) => cells.some(isFormLabel))
  const labels = formLabels(body, columns)
  if (labels.some((column) => column !== columns[0])) return []
  if (labels.length > 0 && body.length < filledIn.length * 0.7) return []
  const titles = titlesAbove(sheet, start, 0, columns)
  return [{ sheet, titles, columns, headers: columns.map(() => []), top: body[0]!.number, body, sections: new Map() }]
}

const isFormLabel = (cell: Cell | undefined) => cell?.format.kind === 'text' && /:\s*$/.test(String(cell.value))

/** `Telefone: | … | Peso: | 82,4`: labels beside what was filled in, of another kind in each row. */
function isForm(rows: Row[], columns: number[]): boolean {
  const labels = formLabels(rows, columns)
  return (
    labels.some((column) => column !== columns[0]) || (labels.length > 0 && isFormLabel(rows[0]!.cells[columns[0]!]))
  )
}

function formLabels(rows: Row[], columns: number[]): number[] {
  return columns.filter((column) => {
    const cells = rows.flatMap((row) => row.cells[column] ?? [])
    return cells.length >= 2 && cells.filter(isFormLabel).length >= cells.length * 0.6
  })
}

function isBareData(row: Row): boolean {
  const kinds = filledColumns(row).map((column) => cellKind(row.cells[column]))
  return kinds.some((kind) => kind === 'number') && kinds.length >= 2
}

/** A category written once in cells merged downwards counts for each row that they span. */
export function cellAt(sheet: Sheet, row: Row, column: number) {
  const cell = row.cells[column]
  if (cell || sheet.merges.length === 0) return cell
  const range = mergedAt(sheet, row.number, column)
  return range && range.left === column ? sheet.rows[indexOfRow(sheet.rows, range.top)]?.cells[column] : undefined
}
