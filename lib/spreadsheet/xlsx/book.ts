/** The main part of a workbook: its sheets, its calendar and the names that were given to areas. */
import { parseRange, type CellRange, type SheetHints } from '../cells.ts'
import { attribute, type XmlVisitor } from '../check-xml.ts'

export interface BookSheet {
  name: string
  relation: string
  hidden: boolean
}

export class BookReader implements XmlVisitor {
  readonly sheets: BookSheet[] = []
  /** Days count from 1904, as on old Macs. */
  is_1904 = false
  takes_text = false
  /** The root element: another one is no workbook. */
  root: string | undefined
  readonly #names: DefinedName[] = []
  #name: DefinedName | undefined

  open(name: string, tag: string): void {
    this.root ??= name
    switch (name) {
      case 'workbookPr':
        this.is_1904 ||= isTrue(attribute(tag, 'date1904'))
        break
      case 'sheet':
        this.sheets.push({
          name: attribute(tag, 'name') ?? '',
          relation: attribute(tag, ':id') ?? '',
          hidden: (attribute(tag, 'state') ?? 'visible') !== 'visible',
        })
        break
      case 'definedName':
        this.#name = {
          name: attribute(tag, 'name') ?? '',
          sheet: attribute(tag, 'localSheetId'),
          hidden: isTrue(attribute(tag, 'hidden')),
          refers_to: '',
        }
        this.takes_text = this.#names.length < MOST_NAMES
        break
    }
  }

  text(text: string): void {
    if (this.#name) this.#name.refers_to += text
  }

  close(name: string): void {
    if (name !== 'definedName') return
    if (this.#name && this.takes_text) this.#names.push(this.#name)
    this.#name = undefined
    this.takes_text = false
  }

  /** What the names say about the sheet at this place among all. */
  namesOf(at: number): Pick<SheetHints, 'named_ranges' | 'print_title_rows' | 'print_title_columns'> {
    const sheet_name = this.sheets[at]!.name
    const hints: ReturnType<BookReader['namesOf']> = { named_ranges: [] }
    for (const { name, sheet, hidden, refers_to } of this.#names) {
      if (sheet !== undefined && Number(sheet) !== at) continue
      if (name.toLowerCase() === PRINT_TITLES) {
        if (sheet !== undefined) Object.assign(hints, printTitles(refers_to))
      } else if (!hidden && !name.startsWith('_xlnm.')) {
        const range = areaOn(sheet_name, refers_to)
        if (range) hints.named_ranges.push({ name, range })
      }
    }
    return hints
  }
}

interface DefinedName {
  name: string
  /** Its place among all sheets, where the name counts on one only. */
  sheet: string | undefined
  hidden: boolean
  refers_to: string
}

/** Some files carry hundreds of thousands, left over by copying sheets. */
const MOST_NAMES = 2_000
const PRINT_TITLES = '_xlnm.print_titles'

export const isTrue = (value: string | undefined) => value === '1' || value === 'true'

/** `'My sheet'!$A$1:$C$9` on the sheet of that name. */
function areaOn(sheet_name: string, refers_to: string): CellRange | undefined {
  const mark = refers_to.lastIndexOf('!')
  const sheet = refers_to
    .slice(0, mark)
    .replace(/^'(.*)'$/s, '$1')
    .replaceAll("''", "'")
  return sheet.toLowerCase() === sheet_name.toLowerCase() ? parseRange(refers_to.slice(mark + 1)) : undefined
}

/** `a!$1:$2,a!$A:$B`. */
function printTitles(refers_to: string) {
  const rows = /!\$?(\d+):\$?(\d+)(?=$|,)/.exec(refers_to)
  const columns = /!\$?([a-z]+):\$?([a-z]+)(?=$|,)/i.exec(refers_to)
  const area = columns && parseRange(`${columns[1]}1:${columns[2]}1`)
  return {
    ...(rows && { print_title_rows: { first: Number(rows[1]), last: Number(rows[2]) } }),
    ...(area && { print_title_columns: { first: area.left, last: area.right } }),
  }
}
