import type { Sql } from 'postgres'

/** The server's version, e.g. 18.4. */
export async function postgresVersion(sql: Sql): Promise<string> {
  const [row] = await sql<{ version: string }[]>`select current_setting('server_version') as version`
  return row!.version
}

/** Whether we may do everything on the server, as a program should not. */
export async function isSuperuser(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ superuser: boolean }[]>`select current_setting('is_superuser')::bool as superuser`
  return row!.superuser
}

/** Throws when the server does not answer. */
export async function ping(sql: Sql): Promise<void> {
  await sql`select 1`
}

export async function serverClock(sql: Sql): Promise<Date> {
  const [row] = await sql<{ clock: Date }[]>`select clock_timestamp() as clock`
  return row!.clock
}
