/** A node of the catalogue: something that people made in a database, with the statements that make it again. */
import type { ISql } from 'postgres'
import type { Definition } from '../format.ts'

export interface Node extends Omit<Definition, 'after_rows'> {
  /** Its catalogue and its oid there, as pg_depend has them. */
  key: string
  rank: number
  /** Other nodes that come first, beside those that pg_depend knows. */
  after?: string[]
}

/** Where several nodes could be next, the lowest is. Those from `check` on come after the rows. */
export const RANK = {
  extension: 0,
  schema: 1,
  type: 2,
  routine: 3,
  table: 4,
  sequence: 5,
  default: 6,
  view: 7,
  check: 10,
  partition: 11,
  key: 12,
  index: 13,
  index_partition: 14,
  foreign_key: 15,
  trigger: 16,
  refresh: 17,
  comment: 18,
} as const
export const FIRST_AFTER_ROWS = RANK.check

/**
 * Of a namespace `n` and an object `c` in it: neither PostgreSQL's own schemas, nor drizzle's table of migrations, nor our
 * mark, nor what an extension brought.
 */
export const ours = (sql: ISql) => sql`
  n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema', 'drizzle', 'doca_restore')
  and ${unextended(sql)}`

export const unextended = (sql: ISql) => sql`
  not exists (select from pg_depend d where d.classid = c.tableoid and d.objid = c.oid and d.deptype = 'e')`

/** Of a part `c` of a table, view or domain `r`: it comes with the extension of that. */
export const partOf = (sql: ISql) => sql`
  ${ours(sql)} and not exists (
    select from pg_depend d where d.classid = r.tableoid and d.objid = r.oid and d.deptype = 'e')`

/** The beginning of each node's row, and where its name comes from. */
export const identity = (sql: ISql) => sql`c.tableoid || '/' || c.oid as key, i.type as kind, i.identity as name`
export const identified = (sql: ISql) => sql`cross join lateral pg_identify_object(c.tableoid, c.oid, 0) i`

/** The collation of a column `a` of the type `t`, where it is not the type's own. */
export const collation = (sql: ISql) => sql`
  (select format(' collate %I.%I', cn.nspname, co.collname) from pg_collation co
    join pg_namespace cn on cn.oid = co.collnamespace where co.oid = a.attcollation and a.attcollation <> t.typcollation)`
