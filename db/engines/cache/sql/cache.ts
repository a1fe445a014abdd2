/** The cache role on an unlogged table of PostgreSQL: fast to write, empty after a crash of the server. */
import type { ISql, Sql } from 'postgres'
import { withDeadline } from '../../../../lib/retry.ts'
import type { Cache } from '../cache.ts'
import { checkEntry } from '../limits.ts'

/** One write in this many also removes what has expired, so that the table stays small without a timer. */
const SWEEP_EVERY = 500
const SWEEP_ROWS = 1000

/** A cache that is slower than this is of no use: its callers go on without it. */
const DEADLINE_MS = 2_000

export function createSqlCache(sql: Sql, { deadline_ms = DEADLINE_MS } = {}): Cache {
  const soon = <T>(statement: PromiseLike<T>) => withDeadline(statement, deadline_ms)
  let writes = 0

  async function sweepNowAndThen(): Promise<void> {
    if (++writes % SWEEP_EVERY !== 0) return
    await soon(deleteExpiredEntries(sql, SWEEP_ROWS))
  }

  return {
    async get(key) {
      const [row] = await soon(sql<{ value: string }[]>`
        select value from cache_entries where key = ${storable(key)} and expires_at > now()`)
      return row ? original(row.value) : null
    },

    async set(key, value, ttl_s) {
      checkEntry(key, ttl_s)
      await soon(sql`
        insert into cache_entries (key, value, expires_at)
        values (${storable(key)}, ${storable(value)}, now() + make_interval(secs => ${ttl_s}))
        on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at`)
      await sweepNowAndThen()
    },

    async delete(key) {
      await soon(sql`delete from cache_entries where key = ${storable(key)}`)
    },

    async increment(key, ttl_s, by = 1) {
      checkEntry(key, ttl_s)
      const [row] = await soon(sql<{ value: string }[]>`
        insert into cache_entries as e (key, value, expires_at)
        values (${storable(key)}, ${String(by)}, now() + make_interval(secs => ${ttl_s}))
        on conflict (key) do update set
          value = case when e.expires_at > now() then (e.value::bigint + ${by}::bigint)::text else excluded.value end,
          expires_at = case when e.expires_at > now() then e.expires_at else excluded.expires_at end
        returning value`)
      await sweepNowAndThen()
      return Number(row!.value)
    },

    async invalidate(prefix) {
      await soon(sql`delete from cache_entries where starts_with(key, ${storable(prefix)})`)
    },

    async close() {},
  }
}

/** Deletes at most `limit` entries that have expired; how many. Those that another process is deleting are left to it. */
export async function deleteExpiredEntries(sql: Sql, limit: number): Promise<number> {
  const { count } = await sql`
    delete from cache_entries where key in (
      select key from cache_entries where expires_at <= now() limit ${limit} for update skip locked
    )`
  return count
}

/**
 * PostgreSQL's text holds no NUL, and keys carry what strangers type. Each character is replaced by itself, so that a
 * prefix of the text stays a prefix of what is stored.
 */
const storable = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\0', '\\0')
const original = (stored: string) => stored.replace(/\\([\\0])/g, (_, sign) => (sign === '0' ? '\0' : '\\'))

/** After the database's clock has gone back: an entry that lives too long would be stale, and a limit too long a limit. */
export async function forgetEntries(sql: ISql): Promise<void> {
  await sql`delete from cache_entries`
}
