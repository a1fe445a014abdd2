import type { Sql } from 'postgres'

/** The server's version as a number (150004) and as text (15.4). */
export async function postgresVersion(sql: Sql): Promise<{ number: number; text: string }> {
  const [row] = await sql<{ number: number; text: string }[]>`
    select current_setting('server_version_num')::int as number, current_setting('server_version') as text`
  return row!
}

export async function serverClock(sql: Sql): Promise<Date> {
  const [row] = await sql<{ clock: Date }[]>`select clock_timestamp() as clock`
  return row!.clock
}
