/** The catalogue of a database as lines, read apart from what a backup reads, to compare two databases. */
import type { Sql } from 'postgres'

export async function catalogueOf(sql: Sql): Promise<string[]> {
  return sql.begin(async (tx) => {
    await tx`set local search_path = ''`
    const lines = await tx<{ line: string }[]>`
      with mine as (
        select c.* from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema', 'drizzle')
      )
      select concat_ws('|', 'relation', oid::regclass, relkind, relpersistence, relispartition, relispopulated, reloptions::text, relrowsecurity,
          pg_get_expr(relpartbound, oid), case relkind when 'p' then pg_get_partkeydef(oid) end,
          case when relkind in ('v', 'm') then pg_get_viewdef(oid) end) as line from mine where relkind <> 'c'
      union all select concat_ws('|', 'column', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
          attgenerated, attcollation::regcollation, pg_get_expr(adbin, adrelid), row_number() over (partition by attrelid order by attnum))
        from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
        where attrelid in (select oid from mine where relkind not in ('i', 'I')) and attnum > 0 and not attisdropped
      union all select concat_ws('|', 'constraint', conrelid::regclass, contypid::regtype, conname, contype, pg_get_constraintdef(oid),
          convalidated, condeferrable, conindid::regclass)
        from pg_constraint where conrelid in (select oid from mine) or connamespace in (select relnamespace from mine)
      union all select concat_ws('|', 'index', pg_get_indexdef(indexrelid), indisvalid, indisprimary, indisunique)
        from pg_index where indexrelid in (select oid from mine)
      union all select concat_ws('|', 'part', inhrelid::regclass, inhparent::regclass, inhseqno)
        from pg_inherits where inhrelid in (select oid from mine)
      union all select concat_ws('|', 'trigger', pg_get_triggerdef(oid), tgenabled)
        from pg_trigger where not tgisinternal and tgrelid in (select oid from mine)
      union all select concat_ws('|', 'rule', pg_get_ruledef(oid), ev_enabled) from pg_rewrite where ev_class in (select oid from mine)
      union all select concat_ws('|', 'routine', p.oid::regprocedure, case when prokind <> 'a' then pg_get_functiondef(p.oid) end,
          aggtransfn, agginitval) from pg_proc p left join pg_aggregate on aggfnoid = p.oid where p.oid >= 16384
      union all select concat_ws('|', 'type', t.oid::regtype, typtype, typnotnull, typdefault, typbasetype::regtype,
          (select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum where enumtypid = t.oid), rngsubtype::regtype,
          rngmultitypid::regtype)
        from pg_type t left join pg_range on rngtypid = t.oid where t.oid >= 16384 and typtype <> 'b'
      union all select concat_ws('|', 'sequence', seqrelid::regclass, seqtypid::regtype, seqstart, seqincrement, seqmax, seqmin, seqcache,
          seqcycle, (select string_agg(refobjid::regclass || '.' || refobjsubid || deptype::text, ',') from pg_depend
            where objid = seqrelid and refobjsubid > 0)) from pg_sequence where seqrelid in (select oid from mine)
      union all select concat_ws('|', 'statistics', pg_get_statisticsobjdef(oid)) from pg_statistic_ext
      union all select concat_ws('|', 'comment', pg_describe_object(classoid, objoid, objsubid), description)
        from pg_description where objoid >= 16384
      union all select concat_ws('|', 'policy', polname, polrelid::regclass, polcmd, polpermissive, pg_get_expr(polqual, polrelid),
          pg_get_expr(polwithcheck, polrelid)) from pg_policy
      union all select concat_ws('|', 'collation', oid::regcollation, collprovider, collisdeterministic, collcollate, collctype,
          colllocale) from pg_collation where oid >= 16384
      union all select concat_ws('|', 'schema', nspname) from pg_namespace where nspname not like 'pg\\_%'`
    return lines.map(({ line }) => line).toSorted()
  })
}

/** Every row of every table and populated view as text. */
export async function rowsOf(sql: Sql): Promise<Record<string, string>> {
  const found = await sql<{ name: string; rows: string }[]>`
    select c.oid::regclass::text as name, query_to_xml(format('select md5(string_agg(t::text, %L order by t::text)) from only %s t', ',',
      c.oid::regclass), true, false, '')::text as rows
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where (c.relkind = 'r' and c.relpersistence = 'p' or c.relkind = 'm' and c.relispopulated) and c.relname <> 'backups'
      and n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema', 'drizzle')`
  return Object.fromEntries(found.map(({ name, rows }) => [name, rows]))
}
