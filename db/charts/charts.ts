/** Charts as their readers see them: each version of an uploaded workbook, and what became of it. */
import type { Fragment, Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { pageOf, type Page, type PageRequest } from '../../lib/page.ts'
import type { Objects } from '../engines/objects/objects.ts'
import { UPLOADS } from './keys.ts'
import { holdsWords } from '../engines/postgres/search.ts'
import type { charts } from './table.ts'

export type Chart = Pick<
  typeof charts.$inferSelect,
  'id' | 'source_key' | 'state' | 'output_key' | 'error_code' | 'error' | 'found_at' | 'finished_at'
>

export interface ChartFilters {
  /** The file's name. */
  name?: string | undefined
  /** Part of the file's name; case and accents do not matter. */
  q?: string | undefined
  state?: Chart['state'] | undefined
  /** true: without versions that a newer one of the same workbook has replaced. */
  current?: boolean | undefined
}

/** Versions, newest first. Ordered by id, since `found_at` may be shared and ids are in its order. */
export async function listCharts(
  sql: Sql,
  { name, q, state, current }: ChartFilters,
  { limit, after }: PageRequest<{ id: string }>,
): Promise<Page<Chart, { id: string }>> {
  const rows = await sql<Chart[]>`
    select ${columns(sql)} from charts c where true
      ${name === undefined ? sql`` : sql`and source_key = ${UPLOADS + name}`}
      ${q === undefined ? sql`` : sql`and ${holdsWords(sql, 'fold_text(source_key)', q)}`}
      ${state === undefined ? sql`` : sql`and state = ${state}`}
      ${current ? sql`and not exists (select from charts newer where newer.source_key = c.source_key and newer.id > c.id)` : sql``}
      ${after ? sql`and id < ${after.id}` : sql``} order by id desc limit ${limit + 1}`
  return pageOf(rows, limit, ({ id }) => ({ id }))
}

/** Throws AppError chart_not_found. */
export async function readChart(sql: Sql, id: string): Promise<Chart> {
  const [chart] = await sql<Chart[]>`select ${columns(sql)} from charts where id = ${id}`
  if (chart) return chart
  throw new AppError('not_found', 'chart_not_found', {
    en: `No chart has the id ${id}.`,
    pt: `Nenhum gráfico tem o id ${id}.`,
  })
}

/** The picture, or what is drawn in it (json), as a stored object. Throws AppError not_found while there is none, with the reason. */
export async function chartFile(sql: Sql, objects: Objects, id: string, format: 'png' | 'svg' | 'json') {
  const chart = await readChart(sql, id)
  if (chart.state === 'failed')
    throw new AppError(
      'not_found',
      'chart_failed',
      chart.error ?? { en: 'The workbook was not drawn.', pt: 'A planilha não virou gráfico.' },
    )
  const picture = chart.output_key === null ? null : await objects.get(`${chart.output_key}.${format}`)
  if (picture) return picture
  throw new AppError('not_found', 'chart_not_drawn', {
    en: 'The chart is not drawn yet; ask again in some seconds.',
    pt: 'O gráfico ainda não foi desenhado; pergunte de novo em alguns segundos.',
  })
}

const columns = (sql: Sql): Fragment => sql`
  id, source_key, state, case when state = 'drawn' then output_key end as output_key, error_code, error, found_at, finished_at`
