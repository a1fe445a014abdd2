/** Functions, procedures and plain aggregates. */
import type { ISql } from 'postgres'
import { identified, identity, ours, RANK, type Node } from './node.ts'

export async function readRoutines(sql: ISql): Promise<Node[]> {
  const routines = await sql<Node[]>`
    select ${identity(sql)}, ${RANK.routine}::int as rank, array[pg_get_functiondef(c.oid)] as statements
    from pg_proc c join pg_namespace n on n.oid = c.pronamespace ${identified(sql)}
    where c.prokind in ('f', 'p', 'w') and ${ours(sql)} and not exists (
      -- The functions of a range type come with it.
      select from pg_depend d where d.classid = c.tableoid and d.objid = c.oid and d.deptype = 'i') order by 3`
  const aggregates = await sql<Node[]>`
    select ${identity(sql)}, ${RANK.routine}::int as rank, array[format('create aggregate %s (sfunc = %s, stype = %s%s)',
      case c.pronargs when 0 then replace(i.identity, '()', '(*)') else i.identity end, g.aggtransfn,
      format_type(g.aggtranstype, null), concat(
        case when g.aggfinalfn <> 0 then ', finalfunc = ' || g.aggfinalfn end,
        case when g.aggfinalextra then ', finalfunc_extra' end,
        case when g.aggcombinefn <> 0 then ', combinefunc = ' || g.aggcombinefn end,
        ', initcond = ' || quote_literal(g.agginitval),
        case c.proparallel when 's' then ', parallel = safe' when 'r' then ', parallel = restricted' end))] as statements
    from pg_proc c join pg_aggregate g on g.aggfnoid = c.oid join pg_namespace n on n.oid = c.pronamespace ${identified(sql)}
    where ${ours(sql)} and ${isPlain(sql)} order by 3`
  return [...routines, ...aggregates]
}

/** Neither ordered, nor with a sort operator, nor one that serializes, nor with a variant for moving windows. */
export const isPlain = (sql: ISql) => sql`
  g.aggkind = 'n' and g.aggsortop = 0 and g.aggmtransfn = 0 and g.aggserialfn = 0`
