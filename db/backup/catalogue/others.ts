/** Comments; what a backup does not carry; and the grants, which name roles that another server may lack. */
import type { ISql } from 'postgres'
import { identified, identity, RANK, unextended, type Node } from './node.ts'
import { isPlain } from './routines.ts'

export const readComments = (sql: ISql) => sql<Node[]>`
  select concat_ws('/', 'comment', c.classoid, c.objoid, c.objsubid) as key, 'comment' as kind, i.type || ' ' || i.identity as name,
    ${RANK.comment}::int as rank, array[c.classoid || '/' || c.objoid] as after,
    array[format('comment on %s %s is %L', case
      when i.type like '%column' then 'column' when i.type like '%constraint' then 'constraint'
      when i.type = 'statistics object' then 'statistics' else i.type end,
      case i.type when 'domain constraint' then (
        select format('%I on domain %s', conname, contypid::regtype) from pg_constraint where oid = c.objoid)
      else i.identity end, c.description)] as statements
  from pg_description c cross join lateral pg_identify_object(c.classoid, c.objoid, c.objsubid) i
  where c.objoid >= 16384 and c.classoid <> 'pg_extension'::regclass and i.schema is distinct from 'drizzle'
    and i.identity is not null and not exists (
      select from pg_depend d where d.classid = c.classoid and d.objid = c.objoid and d.deptype = 'e') order by 3`

/** As nodes without statements: what depends on one of them is not carried, either. Types of a language such as C and policies of roles are among them. */
export const readUnsupported = (sql: ISql) => sql<Node[]>`
  select ${identity(sql)}, 0 as rank, '{}'::text[] as statements
  from (
    select tableoid, oid from pg_conversion
    union all select tableoid, oid from pg_operator union all select tableoid, oid from pg_opclass
    union all select tableoid, oid from pg_opfamily union all select tableoid, oid from pg_am
    union all select tableoid, oid from pg_ts_config union all select tableoid, oid from pg_ts_dict
    union all select tableoid, oid from pg_ts_parser union all select tableoid, oid from pg_ts_template
    union all select tableoid, oid from pg_cast union all select tableoid, oid from pg_transform
    union all select tableoid, oid from pg_language union all select tableoid, oid from pg_foreign_data_wrapper
    union all select tableoid, oid from pg_foreign_server union all select tableoid, oid from pg_class where relkind = 'f'
    union all select tableoid, oid from pg_event_trigger union all select tableoid, oid from pg_publication
    union all select tableoid, oid from pg_policy where polroles <> '{0}' union all select tableoid, oid from pg_largeobject_metadata
    union all select tableoid, oid from pg_type where typtype = 'b' and typcategory <> 'A' or typtype = 'p'
      or typtype = 'r' and exists (select from pg_range where rngtypid = pg_type.oid and rngcanonical <> 0)
    union all select p.tableoid, p.oid from pg_proc p join pg_aggregate g on g.aggfnoid = p.oid where not (${isPlain(sql)})
  ) c ${identified(sql)}
  where c.oid >= 16384 and ${unextended(sql)} and not exists (
    select from pg_depend d where d.classid = c.tableoid and d.objid = c.oid and d.deptype = 'i') order by 3`

/** What others than its owner were given, or not given, rights to. */
export const readGrants = (sql: ISql) => sql<{ name: string }[]>`
  select 'grants on ' || i.type || ' ' || i.identity as name
  from (
    select tableoid, oid, relacl as acl, acldefault(case relkind when 'S' then 's' else 'r' end::"char", relowner) as usual
      from pg_class
    union all select tableoid, oid, nspacl, acldefault('n', nspowner) from pg_namespace
    union all select tableoid, oid, proacl, acldefault('f', proowner) from pg_proc
    union all select tableoid, oid, typacl, acldefault('T', typowner) from pg_type
  ) c ${identified(sql)}
  where c.oid >= 16384 and c.acl <> c.usual and ${unextended(sql)} order by 1`
