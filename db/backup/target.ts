/** The database that a restore fills: whether it is empty, and whether somebody uses it. */
import type { Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { isMarked, RESTORE_MARK } from '../engines/postgres/restore-mark.ts'

/** `unfinished`: an earlier restore into it never came to its end. */
export async function stateOf(sql: Sql): Promise<'empty' | 'unfinished' | 'used'> {
  if (await isMarked(sql)) return 'unfinished'
  const tables = await sql`
    select from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
    limit 1`
  return tables.length > 0 ? 'used' : 'empty'
}

/** Throws AppError restore_in_use while a program of ours is connected, also to another database of an embedded server. */
export async function checkUnused(sql: Sql, embedded: boolean): Promise<void> {
  const users = await sql<{ application: string; connections: number }[]>`
    select application_name as application, count(*)::int as connections from pg_stat_activity
    where (application_name = 'doca' and datname = current_database())
      or (${embedded} and application_name like 'doca user %' and application_name <> ${`doca user ${process.pid}`})
    group by 1`
  if (users.length === 0) return
  throw new AppError(
    'conflict',
    'restore_in_use',
    'Programs of Doca are connected to the database that is to be restored; stop them first.',
  )
}

/** Drops everything of ours in the database; what extensions brought stays. */
export async function emptyDatabase(sql: Sql): Promise<void> {
  const schemas = await sql<{ name: string }[]>`
    select quote_ident(nspname) as name from pg_namespace n
    where nspname not like 'pg\\_%' and nspname not in ('information_schema', 'public', ${RESTORE_MARK})
      and not exists (select from pg_depend d where d.classid = 'pg_namespace'::regclass and d.objid = n.oid and d.deptype = 'e')
      and not exists (select from pg_extension e where e.extnamespace = n.oid)`
  for (const { name } of schemas) await sql.unsafe(`drop schema ${name} cascade`)
  const left = await sql<{ statement: string }[]>`
    select case c.relkind when 'S' then 'drop sequence if exists ' when 'v' then 'drop view if exists '
        when 'm' then 'drop materialized view if exists ' else 'drop table if exists ' end
      || c.oid::regclass || ' cascade' as statement
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    union all
    select 'drop routine if exists ' || p.oid::regprocedure || ' cascade' from pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    union all
    select 'drop type if exists ' || t.oid::regtype || ' cascade' from pg_type t
    where t.typnamespace = 'public'::regnamespace and t.typtype in ('e', 'd')
      and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')`
  for (const { statement } of left) await sql.unsafe(statement)
}
