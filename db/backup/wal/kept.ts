/** Whether the embedded server can keep its write-ahead log. Until it can, the log stays in the data folder and fills its disk. */
import type { Sql } from 'postgres'

export interface WalKept {
  /** KEEP_WAL is on, and the server was started with it. */
  keeps: boolean
  /** The last try failed, and so has every one for this long, seconds. */
  failing_s: number | null
  segment: string | null
}

/** Of a server that Doca started; that of somebody else's has watchers of its own. */
export async function readWalKept(sql: Sql): Promise<WalKept> {
  const [row] = await sql<WalKept[]>`
    select ours as keeps, last_failed_wal as segment,
      case when ours and last_failed_time > coalesce(last_archived_time, '-infinity')
        then extract(epoch from now() - greatest(last_archived_time, stats_reset))::float8 end as failing_s
    from pg_stat_archiver, lateral (
      select current_setting('archive_mode') = 'on' and starts_with(current_setting('cluster_name'), 'doca_') as ours) o`
  return row!
}
