/** The tables and sequences of a database that a backup holds. */
import type { ISql } from 'postgres'
import { ours } from './catalogue/node.ts'
import { nameOf } from './names.ts'

export interface Table {
  schema: string
  name: string
  /** Its whole name as a definition has it. */
  identity: string
  /** Without generated ones, which compute themselves. */
  columns: string[]
}

/** Unlogged tables (the cache) are empty after any crash and so may be after a restore. */
export async function listTables(sql: ISql): Promise<Table[]> {
  return sql<Table[]>`
    select n.nspname as schema, c.relname as name,
      (pg_identify_object(c.tableoid, c.oid, 0)).identity,
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
    const [row] = await sql.unsafe<{ last_value: string; is_called: boolean }[]>(
      `select last_value::text, is_called from ${nameOf({ schema, name })}`,
    )
    sequences.push({ schema, name, ...row! })
  }
  return sequences
}
