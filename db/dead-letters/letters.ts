/** Storing and listing dead letters; groups and replays are built on the same rows. */
import type { ISql, Sql } from 'postgres'
import { pageOf, type Page, type PageRequest } from '../../lib/page.ts'
import { bytesArray } from '../engines/postgres/bytes-array.ts'
import { storableDetail } from '../engines/postgres/storable.ts'
import { fits, type LetterFilter } from './selection.ts'
import type { letters } from './table.ts'

export type Letter = typeof letters.$inferSelect

/** Notified when letters were stored by other means than with what their source notifies of. */
export const LETTERS_CHANNEL = 'doca_letters'

/** The message of a death, and why it died. */
export type Death = Pick<
  Letter,
  | 'source'
  | 'message_id'
  | 'replay'
  | 'origin'
  | 'body'
  | 'headers'
  | 'attempts'
  | 'step'
  | 'reason'
  | 'detail'
  | 'death'
>

/** Stores the deaths that are not known yet. */
export async function storeLetters(sql: ISql, deaths: Death[]): Promise<void> {
  if (deaths.length === 0) return
  const details = deaths.map(({ detail }) => storableDetail(detail))
  await sql`
    insert into letters (id, source, message_id, replay, origin, body, headers, attempts, step, reason, detail, cause, death)
    select id, source, message_id, replay, origin, body, headers::json, attempts, step, reason, detail, cause, death
    from unnest(
      ${deaths.map(() => Bun.randomUUIDv7())}::uuid[], ${deaths.map(({ source }) => source)}::text[],
      ${deaths.map(({ message_id }) => message_id)}::text[], ${deaths.map(({ replay }) => replay)}::int[],
      ${deaths.map(({ origin }) => origin)}::text[], ${bytesArray(deaths.map(({ body }) => body))}::bytea[],
      ${deaths.map(({ headers }) => JSON.stringify(headers))}::text[], ${deaths.map(({ attempts }) => attempts)}::int[],
      ${deaths.map(({ step }) => step)}::text[], ${deaths.map(({ reason }) => reason)}::text[], ${details}::text[],
      ${details.map(causeOf)}::text[], ${deaths.map(({ death }) => death)}::text[]
    ) as deaths (id, source, message_id, replay, origin, body, headers, attempts, step, reason, detail, cause, death)
    on conflict do nothing`
}

/** Those of these deaths that are known already. */
export async function deathsKnown(sql: ISql, deaths: string[]): Promise<Set<string>> {
  if (deaths.length === 0) return new Set()
  const rows = await sql<{ death: string }[]>`select death from letters where death = any(${deaths})`
  return new Set(rows.map(({ death }) => death))
}

/** `detail` without what differs between messages that died of the same: ids, numbers, quoted texts. */
export function causeOf(detail: string): string {
  return detail
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '…')
    .replaceAll(/"[^"]*"|“[^“”]*”/g, '…')
    .replaceAll(/\d+(?:[.,]\d+)*/g, '…')
    .slice(0, 300)
    .toWellFormed()
}

/** As a list shows it. */
export interface ListedLetter extends Omit<Letter, 'body' | 'headers' | 'search'> {
  size_bytes: number
}

export const listedColumns = (sql: ISql) => sql`
  id, source, message_id, replay, origin, attempts, step, reason, detail, cause, group_id, state, died_at, left_at, edited_from,
  death, octet_length(body) as size_bytes`

/** Those of `sources` that fit, newest first. */
export async function listLetters(
  sql: Sql,
  sources: string[],
  filter: LetterFilter,
  { limit, after }: PageRequest<{ id: string }>,
): Promise<Page<ListedLetter, { id: string }>> {
  // Each source by itself, since an index has its newest.
  const rows = await sql<ListedLetter[]>`
    select letters.* from unnest(${sources}::text[]) as name cross join lateral (
      select ${listedColumns(sql)} from letters
      where source = name and ${fits(sql, filter)} ${after ? sql`and id < ${after.id}::uuid` : sql``}
      order by id desc limit ${limit + 1}
    ) letters
    order by id desc limit ${limit + 1}`
  return pageOf([...rows], limit, ({ id }) => ({ id }))
}

/** Those of `sources` that have letters which fit. */
export async function sourcesWith<Name extends string>(
  sql: Sql,
  sources: Name[],
  filter: LetterFilter,
): Promise<Name[]> {
  const rows = await sql<{ source: Name }[]>`
    select source from unnest(${sources}::text[]) as source
    where exists (select from letters l where l.source = source.source and ${fits(sql, filter)})`
  return rows.map(({ source }) => source)
}

export async function countLetters(sql: Sql, sources: string[], filter: LetterFilter): Promise<number> {
  const [{ count }] = await sql<[{ count: number }]>`
    select count(*)::int as count from letters where source = any(${sources}) and ${fits(sql, filter)}`
  return count
}
