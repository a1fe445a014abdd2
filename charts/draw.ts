/** From a file to a picture: read, find the table, decide the chart, render. Runs inside a drawing process. */
import { chooseChart } from './plan/choose-chart.ts'
import { MOST_NAMED } from './plan/left-out.ts'
import type { ChartContext, SourcedPlan } from './plan/draft.ts'
import { LEAST } from './doubts.ts'
import type { Limits } from './limits.ts'
import { Refusal } from './refusal.ts'
import { summarise, type Summary } from './summary.ts'
import { otherTables, withBlocks } from './table/other-tables.ts'
import { joinTables } from './table/sheet-series.ts'
import { pickTables } from './table/pick-table.ts'
import type { FoundTable } from './table/table.ts'
import { typeColumns } from './table/type-columns.ts'
import { columnName, type Sheet } from '../lib/spreadsheet/cells.ts'
import type { Locale } from '../lib/texts.ts'
import { CHART_TEXTS } from './texts.ts'
import { lacksValues, missingValues } from './workbook/missing-values.ts'
import { MAX_COLUMNS, readSheets } from './workbook/read-sheets.ts'

export interface DrawRequest {
  /** Where the bytes are. */
  path: string
  /** The file's name as its owner knows it. */
  name: string
  locale: Locale
  limits: Limits
}

export interface Drawing {
  svg: string
  png: Uint8Array
  summary: Summary
}

/** Throws Refusal for what cannot be drawn. */
export async function draw(request: DrawRequest): Promise<Drawing> {
  const plan = await planChart(request)
  const { render } = await import('../lib/chart/render.ts')
  return { ...(await render(plan, request.locale)), summary: summarise(plan, request.locale) }
}

/** A refusal of what `choose` looks at names its sheet. */
function within<T>(sheet: string, choose: () => T): T {
  try {
    return choose()
  } catch (thrown) {
    if (!(thrown instanceof Refusal) || sheet === '') throw thrown
    throw new Refusal(thrown.code, { sheet, ...thrown.facts }, { cause: thrown })
  }
}

function unsureOf({ source: { sheet, range, doubts } }: SourcedPlan): Refusal {
  return new Refusal('unsure', {
    ...(sheet === '' ? {} : { sheet }),
    cell: range.split(':')[0]!,
    range,
    doubts: doubts.join(' '),
  })
}

/** A CSV has no name of a sheet. */
const placeIn = ({ name }: Pick<Sheet, 'name'>, cell: string) => ({ ...(name === '' ? {} : { sheet: name }), cell })

/** What is drawn would lack columns that its owner sees. */
function refuseCut({ sheet, columns, top }: FoundTable): void {
  if (sheet.beyond === undefined || columns.at(-1)! < MAX_COLUMNS - 1) return
  throw new Refusal('too_many_columns', {
    ...placeIn(sheet, `${columnName(MAX_COLUMNS)}${top}`),
    from: columnName(columns[0]!),
    to: columnName(sheet.beyond),
    limit: MAX_COLUMNS,
  })
}

/** Of the tables of a workbook, where there is nothing to draw in the better ones. */
const MOST_TRIED = 200

/** Everything but the picture. */
export async function planChart(request: DrawRequest): Promise<SourcedPlan> {
  const { path, name, locale, limits } = request
  const { tables, cells, number, hidden_sheet, without_values, settings } = await pickTables(
    readSheets(path, name, limits),
  )
  const context: ChartContext = { locale, texts: CHART_TEXTS[locale], file_name: name }
  const habits = { decimal: locale === 'en' ? '.' : ',', dayOrder: locale === 'en' ? 'mdy' : 'dmy' } as const
  let unsure: SourcedPlan | undefined
  let doubtful: Sheet | undefined
  const passed = new Set<string>()
  for (const found of tables.slice(0, MOST_TRIED)) {
    // Where the best table is doubtful, one on another sheet is not what its owner means.
    if (doubtful && found.sheet !== doubtful) break
    const table = withBlocks(found, tables)
    refuseCut(table)
    const pieces = [table, ...(table.alike ?? [])].map((piece) => typeColumns(piece, habits))
    const other_tables = otherTables(table, tables, context.texts, MOST_NAMED)
    const other_sheets = new Set([...passed, ...(pieces[0]!.other_sheets ?? [])])
    passed.add(table.sheet.name)
    other_sheets.delete(table.sheet.name)
    const first = { ...pieces[0]!, other_tables, other_sheets: [...other_sheets] }
    const typed = joinTables([first, ...pieces.slice(1)], context.texts)
    const plan = within(table.sheet.name, () => chooseChart(typed, context, settings))
    if (!plan) continue
    if (plan.source.confidence < LEAST) {
      unsure ??= plan
      doubtful ??= found.sheet
      continue
    }
    for (const [at, { sheet }] of [table, ...(table.alike ?? [])].entries())
      if (without_values.includes(sheet) && lacksValues(sheet, pieces[at]!.range, pieces[at]!.columns))
        throw missingValues(sheet)
    return settings?.title === undefined ? plan : { ...plan, title: settings.title }
  }
  if (unsure) throw unsureOf(unsure)
  if (settings?.sheet && tables.length === 0)
    throw new Refusal('chart_sheet_unknown', {
      sheet: settings.name,
      cell: settings.sheet.cell,
      wanted: settings.sheet.text,
    })
  if (without_values.length > 0) throw missingValues(without_values[0]!)
  const [first] = tables
  if (first) throw new Refusal('no_measure', placeIn(first.sheet, `${columnName(first.columns[0]!)}${first.top}`))
  if (hidden_sheet !== undefined) throw new Refusal('hidden_sheets', { sheet: hidden_sheet })
  if (!cells) throw new Refusal('empty_sheets')
  throw number ? new Refusal('no_table', placeIn(number.sheet, number.cell)) : new Refusal('no_numbers', cells)
}
