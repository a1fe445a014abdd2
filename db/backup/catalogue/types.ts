/** Extensions, schemas, collations, types, domains and their checks. */
import type { ISql } from 'postgres'
import { collation, identified, identity, ours, partOf, RANK, type Node } from './node.ts'

export async function readTypes(sql: ISql): Promise<Node[]> {
  const extensions = await sql<Node[]>`
    select ${identity(sql)}, ${RANK.extension}::int as rank,
      array[format('create extension if not exists %I schema %I', c.extname, n.nspname)] as statements,
      array['pg_namespace'::regclass::oid || '/' || n.oid] as after
    from pg_extension c join pg_namespace n on n.oid = c.extnamespace ${identified(sql)}
    where c.extname <> 'plpgsql' order by 3`
  const schemas = await sql<Node[]>`
    select ${identity(sql)}, ${RANK.schema}::int as rank, array[format('create schema %I', n.nspname)] as statements
    from (select tableoid, * from pg_namespace) n join lateral (select n.tableoid, n.oid) c on true ${identified(sql)}
    where ${ours(sql)} order by 3`
  // Servers before 17 have another name for the locale.
  const collations = await sql<Node[]>`
    select ${identity(sql)}, ${RANK.type}::int as rank, array[concat('create collation ', i.identity, ' (',
      case c.collprovider
        when 'c' then format('provider = libc, lc_collate = %L, lc_ctype = %L', c.collcollate, c.collctype)
        else format('provider = %s, locale = %L', case c.collprovider when 'b' then 'builtin' else 'icu' end,
          coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale')) end,
      ', rules = ' || quote_literal(to_jsonb(c) ->> 'collicurules'),
      case when not c.collisdeterministic then ', deterministic = false' end, ')')] as statements
    from pg_collation c join pg_namespace n on n.oid = c.collnamespace ${identified(sql)}
    where ${ours(sql)} order by 3`
  const types = await sql<Node[]>`
    select ${identity(sql)}, ${RANK.type}::int as rank, array[case c.typtype
      when 'e' then format('create type %s as enum (%s)', i.identity, (
        select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) from pg_enum where enumtypid = c.oid))
      when 'c' then format('create type %s as (%s)', i.identity, (
        select string_agg(concat(quote_ident(attname), ' ', format_type(atttypid, atttypmod), ${collation(sql)}), ', '
            order by attnum)
          from pg_attribute a join pg_type t on t.oid = atttypid
          where attrelid = c.typrelid and attnum > 0 and not attisdropped))
      when 'r' then (
        select format('create type %s as range (subtype = %s, subtype_opclass = %s%s%s, multirange_type_name = %s)', i.identity,
            format_type(r.rngsubtype, null), (
              select format('%I.%I', on_.nspname, o.opcname) from pg_opclass o join pg_namespace on_ on on_.oid = o.opcnamespace
              where o.oid = r.rngsubopc),
            (select format(', collation = %I.%I', cn.nspname, co.collname) from pg_collation co
              join pg_namespace cn on cn.oid = co.collnamespace where co.oid = r.rngcollation),
            case when r.rngsubdiff <> 0 then ', subtype_diff = ' || r.rngsubdiff::regproc end,
            r.rngmultitypid::regtype)
          from pg_range r where r.rngtypid = c.oid)
      when 'd' then concat('create domain ', i.identity, ' as ', format_type(c.typbasetype, c.typtypmod), (
          select format(' collate %I.%I', cn.nspname, co.collname) from pg_collation co
          join pg_namespace cn on cn.oid = co.collnamespace join pg_type t on t.oid = c.typbasetype
          where co.oid = c.typcollation and c.typcollation <> t.typcollation),
        ' default ' || pg_get_expr(c.typdefaultbin, 0), case when c.typnotnull then ' not null' end)
      end] as statements
    from pg_type c join pg_namespace n on n.oid = c.typnamespace ${identified(sql)}
    where ${ours(sql)} and (
      c.typtype in ('e', 'd')
      or c.typtype = 'c' and exists (select from pg_class where oid = c.typrelid and relkind = 'c')
      or c.typtype = 'r' and exists (select from pg_range where rngtypid = c.oid and rngcanonical = 0))
    order by 3`
  const checks = await sql<Node[]>`
    select ${identity(sql)}, ${RANK.type}::int as rank,
      array[format('alter domain %s add constraint %I %s', c.contypid::regtype, c.conname, pg_get_constraintdef(c.oid))]
        as statements
    from pg_constraint c join pg_type r on r.oid = c.contypid join pg_namespace n on n.oid = c.connamespace ${identified(sql)}
    where c.contype = 'c' and ${partOf(sql)} order by 3`
  return [...extensions, ...schemas, ...collations, ...types, ...checks]
}
