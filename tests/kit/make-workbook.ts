/** Workbooks made on the spot, each in a temporary folder of its own. */
import { join } from 'node:path'
import ExcelJS, { type Workbook } from 'exceljs'
import { planChart, type DrawRequest } from '../../charts/draw.ts'
import { DEFAULT_LIMITS, type Limits } from '../../charts/limits.ts'
import type { SourcedPlan } from '../../charts/plan/draft.ts'
import type { Locale } from '../../lib/texts.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const FIXTURES = join(import.meta.dir, '../fixtures/workbooks')

/** A path for one more file. */
export function newPath(name: string): string {
  return join(temporaryFolder(), name)
}

export async function makeWorkbook(build: (workbook: Workbook) => void): Promise<string> {
  const workbook = new ExcelJS.Workbook()
  build(workbook)
  const path = newPath('made.xlsx')
  await workbook.xlsx.writeFile(path)
  return path
}

export type CellInput = string | number | boolean | Date | null

/** A workbook with one sheet of these rows. */
export function makeSheet(rows: CellInput[][], name = 'Planilha1'): Promise<string> {
  return makeWorkbook((workbook) => void workbook.addWorksheet(name).addRows(rows))
}

/** A CSV that takes most of a second to draw: time to end whoever draws it. */
export function slowCsv(): string {
  const lines = ['Cliente;Cidade;Produto;Valor;Quantidade;Desconto;Frete;Imposto']
  for (let row = 0; row < 40_000; row++)
    lines.push(
      `Cliente ${row % 997};Cidade ${row % 91};Produto ${row % 53};${row % 1000},${row % 100};${row % 7};0,5;1,2;3,4`,
    )
  return lines.join('\n')
}

export function requestFor(path: string, limits: Partial<Limits> = {}, locale: Locale = 'pt-BR'): DrawRequest {
  return { path, name: path.slice(path.lastIndexOf('/') + 1), locale, limits: { ...DEFAULT_LIMITS, ...limits } }
}

export function planOf(path: string, locale?: Locale): Promise<SourcedPlan> {
  return planChart(requestFor(path, {}, locale))
}
