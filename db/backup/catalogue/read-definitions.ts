/**
 * The definitions of all that is in a database, in the server's own words (pg_get_viewdef, pg_get_functiondef and the like), in
 * an order in which they can be made again. Our own are among them: a restore makes those that our migrations do not.
 */
import type { ISql } from 'postgres'
import type { Definition } from '../format.ts'
import { inOrder } from './in-order.ts'
import { RANK, type Node } from './node.ts'
import { readComments, readGrants, readUnsupported } from './others.ts'
import { readParts } from './parts.ts'
import { readRelations } from './relations.ts'
import { readRoutines } from './routines.ts'
import { readTypes } from './types.ts'

export interface Definitions {
  definitions: Definition[]
  /** What cannot be made again, by name. */
  not_carried: string[]
}

/** `tx` is a transaction. */
export async function readDefinitions(tx: ISql): Promise<Definitions> {
  // So that every name says its schema.
  await tx`set local search_path = ''`
  const nodes: Node[] = []
  for (const read of [readTypes, readRelations, readRoutines, readParts, readComments, readUnsupported])
    nodes.push(...(await read(tx)))
  const { carried, left } = await inOrder(tx, [...nodes, ...(await refreshes(tx))])
  const grants = await readGrants(tx)
  await tx`set local search_path to default`
  return {
    definitions: carried.map(({ node: { kind, name, statements, columns, options }, after_rows }) => ({
      kind,
      name,
      statements,
      ...(columns && { columns, options }),
      after_rows,
    })),
    not_carried: [...left.map(({ kind, name }) => `${kind} ${name}`).toSorted(), ...grants.map(({ name }) => name)],
  }
}

/** The rows of materialized views are computed again, each after those that it reads. */
const refreshes = (tx: ISql) => tx<Node[]>`
  with recursive reads as (
    select c.oid as view, c.oid as source from pg_class c where c.relkind = 'm'
    union
    select reads.view, d.refobjid from reads join pg_rewrite w on w.ev_class = reads.source
    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass
  )
  select 'refresh/' || c.oid as key, 'refresh' as kind, i.identity as name, ${RANK.refresh}::int as rank,
    array['refresh materialized view ' || i.identity] as statements,
    array[c.tableoid || '/' || c.oid] || array(
      select 'refresh/' || m.oid from reads join pg_class m on m.oid = reads.source and m.relkind = 'm' and m.oid <> c.oid
      where reads.view = c.oid) as after
  from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join lateral pg_identify_object(c.tableoid, c.oid, 0) i
  where c.relkind = 'm' and c.relispopulated and n.nspname not like 'pg\\_%' order by 3`
