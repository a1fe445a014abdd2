/** The journal role on a table of PostgreSQL. Expired documents are never returned; each write removes some of them. */
import type { Sql } from 'postgres'
import type { Journal, JournalDocument } from '../journal.ts'

/** More than a write adds on average, so that expired documents cannot pile up. */
const SWEEP_ROWS = 1000

export function createSqlJournal(sql: Sql): Journal {
  return {
    async write(collection, documents, ttl_s) {
      if (documents.length === 0) return
      const last = new Map(documents.map((document) => [document.id, document]))
      const unique = [...last.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))
      await sql`
        insert into journal_documents (collection, id, key, at, data, expires_at)
        select ${collection}, id, key, at, data::json, now() + make_interval(secs => ${ttl_s})
        from unnest(
          ${unique.map((document) => document.id)}::text[],
          ${unique.map((document) => document.key)}::text[],
          ${unique.map((document) => document.at.toISOString())}::timestamptz[],
          ${unique.map((document) => JSON.stringify(document.data))}::text[]
        ) as documents (id, key, at, data)
        on conflict (collection, id) do update set
          key = excluded.key, at = excluded.at, data = excluded.data, expires_at = excluded.expires_at`
      await deleteExpiredDocuments(sql, SWEEP_ROWS)
    },

    async find(collection, key, limit) {
      const rows = await sql<JournalDocument[]>`
        select id, key, at, data from journal_documents
        where collection = ${collection} and key = ${key} and expires_at > now()
        order by at, id limit ${limit}`
      return [...rows]
    },

    async close() {},
  }
}

/** Deletes at most `limit` documents that have expired; how many. Those that another process is deleting are left to it. */
export async function deleteExpiredDocuments(sql: Sql, limit: number): Promise<number> {
  const { count } = await sql`
    delete from journal_documents where (collection, id) in (
      select collection, id from journal_documents where expires_at <= now() limit ${limit} for update skip locked
    )`
  return count
}
