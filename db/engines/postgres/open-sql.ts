/** How every process connects to PostgreSQL; by itself, for one that needs nothing else of db/ at its start. */
import postgres, { type Sql } from 'postgres'
import { backoffDelay, withDeadline } from '../../../lib/retry.ts'
import { isWatched, NO_WATCH, type Watch } from '../../../lib/watch.ts'
import { deadlineParameters, silenceLimit, STATEMENT_TIMEOUT_S, type Deadlines } from './deadlines.ts'
import { watchStatements } from './watch-statements.ts'

/** How long a server may take to say whether it is at work, at most. */
const ASK_S = 5
/** A cursor's time includes what its reader does between the batches. */
const READER_S = 3600

/** A pool with our settings: prepared and pipelined statements, deadlines, times as Date, bigint as number. */
export function openSql(
  url: string,
  max: number,
  deadlines: Deadlines = { statement_timeout_s: STATEMENT_TIMEOUT_S },
  watch: Watch = NO_WATCH,
) {
  const after_s = silenceLimit(deadlines)
  return postgres(url, {
    max,
    idle_timeout: 60,
    connect_timeout: 10,
    // Left alone, postgres.js waits up to 20 s before it tries a database again that was away for a while; the tries of
    // all connections count together, so this is reached at once. A query asked meanwhile fails within this time.
    backoff: (tries: number) => backoffDelay(tries, 20, 500) / 1000,
    onnotice: () => {},
    connection: { application_name: 'doca', ...deadlineParameters(deadlines) },
    // See patches/README.md.
    watch: isWatched(watch) && watchStatements(watch),
    silence: { after_s, isAtWork: (pid: number) => isAtWork(url, pid, Math.min(after_s, ASK_S)) },
    types: {
      // Our bigints are offsets and counts, far below 2^53; a number is what JSON can carry.
      bigint: { to: 20, from: [20], serialize: String, parse: Number },
    },
  } as postgres.Options<{}>) as unknown as Sql
}

/** Connections of their own to where `sql` is connected, for cursors that are read slowly. They end with `sql`. */
export function openForReaders(sql: Sql, connections: number): Sql {
  const { options } = sql
  const connection = { ...options.connection, statement_timeout: READER_S * 1000 }
  const pool = postgres({ ...options, max: connections, connection } as object) as unknown as Sql
  const endPool = sql.end
  sql.end = async (given) => void (await Promise.all([pool.end(given), endPool(given)]))
  return pool
}

/** Whether the server works on what its process `pid` was asked. Nothing but silence, and a process that it does not know, say no. */
async function isAtWork(url: string, pid: number, ask_s: number): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: ask_s, fetch_types: false, onnotice: () => {} })
  try {
    const asked = sql`select from pg_stat_activity where pid = ${pid} and state = 'active'`
    return (await withDeadline(asked, ask_s * 1000)).length > 0
  } catch (err) {
    // It has too many connections, perhaps; what says no is there.
    return err instanceof postgres.PostgresError
  } finally {
    await sql.end({ timeout: 0 })
  }
}
