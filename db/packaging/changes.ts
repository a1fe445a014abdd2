/**
 * What changed since a time, for a client that keeps a copy. A change becomes visible when its transaction commits, which may
 * be after a later change did: a client that has seen the later one would never ask for it. So changes are given out only up
 * to a time that no transaction still to commit can have written. It holds because every write takes `updated_at` from the
 * clock while it holds the lock of the table.
 */
import type { Sql } from 'postgres'

/**
 * A time before which nothing will change any more; to be asked before the statement that reads. The lock of a transaction
 * that wrote is held until its changes are visible. `-infinity` while one of a database user writes whom we may not watch.
 */
export async function settledUntil(sql: Sql): Promise<string> {
  // statement_timestamp() is taken before the locks are looked at: a write that begins later has a later time.
  const [row] = await sql<{ until: string }[]>`
    select least(statement_timestamp(), min(
      case when coalesce(a.state, 'disabled') = 'disabled' then '-infinity' else a.xact_start end))::text as until
    from pg_locks l join pg_stat_activity a using (pid)
    where l.locktype = 'relation' and l.relation = 'packaging'::regclass and l.mode = 'RowExclusiveLock'
      and l.database = (select oid from pg_database where datname = current_database())`
  return row!.until
}
