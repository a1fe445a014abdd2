import type { Sql } from 'postgres'

/**
 * Drops a database of the role's own and ends the connections to it. Not `with (force)`: where autovacuum works in it, that is
 * refused to who is no superuser; a plain drop ends autovacuum, and waits some seconds for what has been told to end.
 */
export async function dropDatabase(admin: Sql, name: string): Promise<void> {
  await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name} and usename = current_user`
  await admin`drop database if exists ${admin(name)}`
}
