/** The tables and sequences of a database that a backup holds. */
import type { ISql } from 'postgres'

export interface Table {
  schema: string
  name: string
  /** Without generated ones, which compute themselves. */
  columns: string[]
}

/** Unlogged tables (the cache) are empty after any crash and so may be after a restore. */
export async function listTables(sql: ISql): Promise<Table[]> {
  return sql<Table[]>`
    select n.nspname as schema, c.relname as name,
      (select coalesce(array_agg(a.attname::text order by a.attnum), '{}') from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relpersistence = 'p' and ${ours(sql)}
    order by n.nspname, c.relname`
}

export interface Sequence {
  schema: string
  name: string
  last_value: string
  is_called: boolean
}

export async function listSequences(sql: ISql): Promise<Sequence[]> {
  const names = await sql<{ schema: string; name: string }[]>`
    select n.nspname as schema, c.relname as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'S' and ${ours(sql)}
    order by n.nspname, c.relname`
  const sequences: Sequence[] = []
  for (const { schema, name } of names) {
    const [row] = await sql<{ last_value: string; is_called: boolean }[]>`
      select last_value::text, is_called from ${sql(schema)}.${sql(name)}`
    sequences.push({ schema, name, ...row! })
  }
  return sequences
}

/** Neither PostgreSQL's own schemas, nor drizzle's table of migrations, nor our mark, nor what an extension brought. */
export const ours = (sql: ISql) => sql`
  n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema', 'drizzle', 'doca_restore')
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`
