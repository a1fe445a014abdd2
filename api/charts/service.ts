import { basename } from 'node:path/posix'
import type { Db } from '../../db/engines/connect.ts'
import { listCharts, readChart, type Chart } from '../../db/charts/read.ts'
import { AppError } from '../../lib/errors.ts'
import { textIn, type Locale, type Translated } from '../../lib/texts.ts'
import { isId } from '../http/schemas.ts'
import { decodeCursor, encodeCursor, invalidCursor } from '../http/pagination.ts'
import type { Upload } from '../http/upload.ts'

/** Puts a workbook where the poller looks; an earlier one of that name is replaced and drawn again. */
export async function uploadWorkbook(db: Db, { bytes, name: own }: Upload, given: string | undefined) {
  const name = own ?? given
  if (name === undefined)
    throw new AppError('invalid', 'chart_name_missing', {
      en: 'Send the workbook as form field "file", or name it with ?name=….',
      pt: 'Envie a planilha no campo "file" do formulário, ou dê o nome com ?name=….',
    })
  const key = `uploads/${fileName(given ?? name)}`
  const { size_bytes, version } = await db.objects.put(key, bytes)
  return { key, name: basename(key), size_bytes, version }
}

/** The last part of what a browser calls the file; throws AppError 422 for what is never drawn. */
function fileName(given: string): string {
  const name = basename(given.replaceAll('\\', '/')).trim()
  if (/^[^.\p{Cc}]\P{Cc}*\.(xlsx|csv)$/iu.test(name)) return name
  throw new AppError('invalid', 'chart_name_invalid', {
    en: `"${name}" is not drawn; send a workbook whose name ends in .xlsx or .csv.`,
    pt: `"${name}" não vira gráfico; envie uma planilha cujo nome termine em .xlsx ou .csv.`,
  })
}

export async function readCharts(db: Db, { limit = 50, cursor }: { limit?: number; cursor?: string }, locale: Locale) {
  const before = cursor === undefined ? undefined : decodeCursor(cursor, ['id']).id
  if (before !== undefined && !isId(before)) throw invalidCursor()
  const rows = await listCharts(db.sql, limit + 1, before)
  const items = rows.slice(0, limit)
  const next_cursor = rows.length > limit ? encodeCursor({ id: items.at(-1)!.id }) : null
  return { items: items.map((chart) => describeChart(chart, locale)), next_cursor }
}

export async function findChart(db: Db, id: string): Promise<Chart> {
  const chart = await readChart(db.sql, id)
  if (chart) return chart
  throw new AppError('not_found', 'chart_not_found', {
    en: `No chart has the id ${id}.`,
    pt: `Nenhum gráfico tem o id ${id}.`,
  })
}

/** As an answer tells it, in its reader's language. */
export const describeChart = ({ error, ...chart }: Chart, locale: Locale) => ({
  ...chart,
  error: error && textIn(error, locale),
})

function notDrawn(reason: Translated | null): AppError {
  return new AppError(
    'not_found',
    'chart_failed',
    reason ?? { en: 'The workbook was not drawn.', pt: 'A planilha não virou gráfico.' },
  )
}

/** The picture's bytes. Throws AppError 404 while there is none, with the reason. */
export async function chartPicture(db: Db, id: string, suffix: 'png' | 'svg') {
  const chart = await findChart(db, id)
  if (chart.state === 'failed') throw notDrawn(chart.error)
  const picture = chart.output_key === null ? null : await db.objects.get(`${chart.output_key}.${suffix}`)
  if (picture) return picture
  throw new AppError('not_found', 'chart_not_drawn', {
    en: 'The chart is not drawn yet; ask again in some seconds.',
    pt: 'O gráfico ainda não foi desenhado; pergunte de novo em alguns segundos.',
  })
}
