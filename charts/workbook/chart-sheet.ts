/**
 * A sheet named `chart` says what to draw, where its owner wants something else than the program would choose: in column A
 * kind, x, y, title or sheet, and what it should be beside it.
 */
import { columnName, type Cell, type Sheet } from '../../lib/spreadsheet/cells.ts'
import type { Plan } from '../../lib/chart/plan.ts'
import { Refusal } from '../refusal.ts'

/** What was asked for, and the cell that asks for it. */
export interface Wish {
  text: string
  cell: string
}

export interface ChartSettings {
  /** Of the sheet that holds them. */
  name: string
  kind?: Plan['shape']
  x?: Wish
  y: Wish[]
  title?: string
  sheet?: Wish
}

const NAME = /^(chart|gr[aá]fico)$/i

export const isChartSheet = (name: string) => NAME.test(name.trim())

const KEYS: Record<string, 'kind' | 'x' | 'y' | 'title' | 'sheet'> = {
  kind: 'kind',
  tipo: 'kind',
  x: 'x',
  y: 'y',
  title: 'title',
  título: 'title',
  titulo: 'title',
  sheet: 'sheet',
  aba: 'sheet',
}

const KINDS: Record<string, Plan['shape']> = {
  bars: 'bars',
  bar: 'bars',
  barras: 'bars',
  colunas: 'bars',
  lines: 'lines',
  line: 'lines',
  linhas: 'lines',
  linha: 'lines',
}

/** Undefined for a sheet of that name with something else on it. Throws Refusal for what cannot be understood. */
export function readChartSheet({ name, rows }: Sheet): ChartSettings | undefined {
  if (!isChartSheet(name)) return undefined
  const keyOf = (cell: Cell | undefined) => KEYS[textOf(cell).replace(/:$/, '').trim().toLowerCase()]
  const known = rows.filter(({ cells }) => keyOf(cells[0]) !== undefined).length
  if (known === 0 || known * 2 < rows.length) return undefined
  const settings: ChartSettings = { name, y: [] }
  for (const { number, cells } of rows) {
    const key = keyOf(cells[0])
    if (!key) throw new Refusal('chart_setting_unknown', { sheet: name, cell: `A${number}`, setting: textOf(cells[0]) })
    const wishes = cells.flatMap((cell, at): Wish[] =>
      at > 0 && cell ? [{ text: textOf(cell), cell: `${columnName(at)}${number}` }] : [],
    )
    const [first] = wishes
    if (!first) continue
    if (key === 'y') settings.y.push(...wishes)
    else if (key === 'title') settings.title = first.text
    else if (key !== 'kind') settings[key] = first
    else if (!(settings.kind = KINDS[first.text.toLowerCase()]!))
      throw new Refusal('chart_kind_unknown', { sheet: name, cell: first.cell, kind: first.text })
  }
  return settings
}

const textOf = (cell: Cell | undefined) => String(cell?.value ?? '').trim()

/** Headers are compared as people write them. */
export const isNamed = (header: string, { text }: Wish) => plain(header) === plain(text)

const plain = (text: string) =>
  text
    .normalize('NFKC')
    .replace(/[\s_]+/g, ' ')
    .trim()
    .toLowerCase()
