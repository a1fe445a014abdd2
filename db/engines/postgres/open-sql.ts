/** How every process connects to PostgreSQL; by itself, for one that needs nothing else of db/ at its start. */
import postgres, { type Sql } from 'postgres'

/** A pool with our settings: prepared and pipelined statements, times as Date, bigint as number. */
export function openSql(url: string, max: number): Sql {
  return postgres(url, {
    max,
    idle_timeout: 60,
    connect_timeout: 10,
    // Left alone, postgres.js waits up to 20 s before it tries a database again that was away for a while; the tries of
    // all connections count together, so this is reached at once. A query asked meanwhile fails within this time.
    backoff: (tries: number) => Math.min(0.5, 0.02 * 2 ** tries),
    onnotice: () => {},
    connection: { application_name: 'doca' },
    types: {
      // Our bigints are offsets and counts, far below 2^53; a number is what JSON can carry.
      bigint: { to: 20, from: [20], serialize: String, parse: Number },
    },
  }) as unknown as Sql
}
