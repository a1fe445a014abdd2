/** Reading and searching people. */
import type { Sql } from 'postgres'
import { pageOf, type Page, type PageRequest } from '../../lib/page.ts'
import { holdsBeginnings } from '../engines/postgres/search.ts'
import type { people } from './table.ts'

export type FoundPerson = Omit<typeof people.$inferSelect, 'name_key' | 'country_key' | 'words' | 'stored_at'>

export interface PeopleFilters {
  /** Whole; case and accents do not matter. */
  country?: string | undefined
  /** Beginnings of words, all of which are in name, e-mail address, user name, address, postcode or phone. */
  q?: string | undefined
}

export type PeopleKeyset = Record<'name' | 'id', string>

/** In the order of their names. */
export async function listPeople(
  sql: Sql,
  { country, q }: PeopleFilters,
  { limit, after }: PageRequest<PeopleKeyset>,
): Promise<Page<FoundPerson, PeopleKeyset>> {
  const found = await sql<Array<FoundPerson & { name_key: string }>>`
    select id, first_name, last_name, gender, address, postcode, country, email, username, born_at, registered_at, phone,
      picture, written_at, name_key
    from people
    where true
      ${country === undefined ? sql`` : sql`and country_key = left(fold_text(${country}), 100)`}
      ${q === undefined ? sql`` : sql`and ${holdsBeginnings(sql, 'words', q)}`}
      ${after ? sql`and (name_key, id) > (${after.name}, ${after.id}::uuid)` : sql``}
    order by name_key, id limit ${limit + 1}`
  const { rows, last } = pageOf([...found], limit, ({ name_key, id }) => ({ name: name_key, id }))
  return { rows: rows.map(({ name_key: _, ...person }) => person), last }
}
