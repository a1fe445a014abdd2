/** Tables, sequences, views and materialized views. */
import type { ISql } from 'postgres'
import { collation, identified, identity, ours, RANK, type Node } from './node.ts'

export async function readRelations(sql: ISql): Promise<Node[]> {
  // A partition gets its numbering from the table that it is a part of.
  const tables = await sql<Node[]>`
    select ${identity(sql)}, ${RANK.table}::int as rank,
      array[concat('create ', case when c.relpersistence = 'u' then 'unlogged ' end, 'table ', i.identity)] as statements,
      concat(' partition by ' || pg_get_partkeydef(c.oid), ' with (' || array_to_string(c.reloptions, ', ') || ')') as options,
      (select coalesce(json_agg(json_build_object('name', a.attname,
          'type', concat(format_type(a.atttypid, a.atttypmod), ${collation(sql)}),
          'not_null', case when a.attnotnull then coalesce((select conname from pg_constraint
            where conrelid = c.oid and contype = 'n' and conkey = array[a.attnum]), '') end,
          'generated', 'generated always as (' || pg_get_expr(e.adbin, e.adrelid) || ') '
            || case a.attgenerated when 'v' then 'virtual' else 'stored' end,
          'identity', 'generated ' || case a.attidentity when 'd' then 'by default' else 'always' end
            || ' as identity (sequence name ' || s.options || ')') order by a.attnum), '[]')
        from pg_attribute a join pg_type t on t.oid = a.atttypid
        left join pg_attrdef e on a.attgenerated <> '' and e.adrelid = a.attrelid and e.adnum = a.attnum
        left join lateral (
          select concat(d.objid::regclass, ' ', ${sequenceOptions(sql)}) as options
          from pg_depend d join pg_sequence q on q.seqrelid = d.objid
          where d.refobjid = c.oid and d.refobjsubid = a.attnum and d.deptype = 'i' and a.attidentity <> ''
            and d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass) s on not c.relispartition
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace ${identified(sql)}
    where c.relkind in ('r', 'p') and c.relpersistence <> 't' and ${ours(sql)} order by 3`
  const sequences = await sql<Node[]>`
    select ${identity(sql)}, ${RANK.sequence}::int as rank,
      array[concat('create ', case when c.relpersistence = 'u' then 'unlogged ' end, 'sequence ', i.identity, ' as ', format_type(q.seqtypid, null), ' ', ${sequenceOptions(sql)},
        (select format(' owned by %s.%I', a.attrelid::regclass, a.attname)
          from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
          where d.classid = c.tableoid and d.objid = c.oid and d.refclassid = c.tableoid and d.deptype = 'a'))] as statements
    from pg_class c join pg_sequence q on q.seqrelid = c.oid join pg_namespace n on n.oid = c.relnamespace ${identified(sql)}
    where c.relpersistence <> 't' and ${ours(sql)} and not exists (
      select from pg_depend d where d.classid = c.tableoid and d.objid = c.oid and d.deptype = 'i') order by 3`
  const views = await sql<Node[]>`
    select ${identity(sql)}, ${RANK.view}::int as rank,
      array[concat('create ', i.type, ' ', i.identity, ' with (' || array_to_string(c.reloptions, ', ') || ')', ' as ',
        rtrim(pg_get_viewdef(c.oid), ';'), case when c.relkind = 'm' then ' with no data' end)] as statements
    from pg_class c join pg_namespace n on n.oid = c.relnamespace ${identified(sql)}
    where c.relkind in ('v', 'm') and c.relpersistence <> 't' and ${ours(sql)} order by 3`
  return [...tables, ...sequences, ...views]
}

const sequenceOptions = (sql: ISql) => sql`
  format('start %s increment %s minvalue %s maxvalue %s cache %s%s', q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache,
    case when q.seqcycle then ' cycle' end)`
