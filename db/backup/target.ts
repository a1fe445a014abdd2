/** The database that a restore fills: whether it is empty, and whether somebody uses it. */
import type { ISql, Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { RESTORE_MARK } from '../engines/postgres/restore-mark.ts'

export async function isEmpty(sql: Sql): Promise<boolean> {
  const tables = await sql`
    select from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
    limit 1`
  return tables.length === 0
}

/** Throws AppError restore_in_use while a program of ours is connected, also to another database of an embedded server. */
export async function checkUnused(sql: Sql, embedded: boolean): Promise<void> {
  const users = await sql<{ application: string; connections: number }[]>`
    select application_name as application, count(*)::int as connections from pg_stat_activity
    where (application_name = 'doca' and datname = current_database())
      or (${embedded} and application_name like 'doca user %' and application_name <> ${`doca user ${process.pid}`})
    group by 1`
  if (users.length === 0) return
  throw new AppError('conflict', 'restore_in_use', {
    en: 'Programs of Doca are connected to this database; stop them first.',
    pt: 'Programas do Doca estão conectados a este banco; pare-os antes.',
  })
}

/** Drops everything of ours in the database; what extensions brought stays. */
export async function emptyDatabase(tx: ISql): Promise<void> {
  const schemas = await tx<{ name: string }[]>`
    select quote_ident(nspname) as name from pg_namespace n where ${isOurs(tx)} and not ${isShared(tx)}`
  for (const { name } of schemas) await tx.unsafe(`drop schema ${name} cascade`)
  const left = await tx<{ statement: string }[]>`
    select format('drop %s if exists %s cascade', i.type, i.identity) as statement
    from (
      select tableoid, oid, relnamespace as schema from pg_class where relkind in ('r', 'p', 'v', 'm', 'S', 'f')
      union all select tableoid, oid, pronamespace from pg_proc
      union all select tableoid, oid, typnamespace from pg_type where typtype in ('e', 'd', 'r') or typtype = 'c' and
        exists (select from pg_class where oid = typrelid and relkind = 'c')
      union all select tableoid, oid, collnamespace from pg_collation
      union all select tableoid, oid, oprnamespace from pg_operator
      union all select tableoid, oid, cfgnamespace from pg_ts_config
      union all select tableoid, oid, dictnamespace from pg_ts_dict
    ) c join pg_namespace n on n.oid = c.schema
    cross join lateral pg_identify_object(c.tableoid, c.oid, 0) i
    where ${isOurs(tx)} and ${isShared(tx)} and not exists (
      select from pg_depend d where d.classid = c.tableoid and d.objid = c.oid and d.deptype in ('e', 'i') and d.objsubid = 0)`
  for (const { statement } of left) await tx.unsafe(statement)
}

const isOurs = (tx: ISql) => tx`
  nspname not like 'pg\\_%' and nspname not in ('information_schema', ${RESTORE_MARK})
  and not exists (select from pg_depend d where d.classid = n.tableoid and d.objid = n.oid and d.deptype = 'e')`

/** public is not ours to drop on every server, nor is a schema with an extension in it. */
const isShared = (tx: ISql) => tx`
  (nspname = 'public' or exists (select from pg_extension e where e.extnamespace = n.oid))`
