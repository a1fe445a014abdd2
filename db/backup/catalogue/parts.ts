/** The parts of tables and views: defaults, constraints, partitions, indexes, triggers, rules, extended statistics, policies. */
import type { ISql } from 'postgres'
import { identified, identity, ours, partOf, RANK, type Node } from './node.ts'

export async function readParts(sql: ISql): Promise<Node[]> {
  const lists = [
    defaults,
    constraints,
    partitions,
    indexes,
    indexPartitions,
    triggers,
    rules,
    statistics,
    policies,
    rowSecurity,
  ]
  const nodes: Node[] = []
  for (const read of lists) nodes.push(...(await read(sql)))
  return nodes
}

const defaults = (sql: ISql) => sql<Node[]>`
  select ${identity(sql)}, ${RANK.default}::int as rank,
    array[format('alter %s %s alter %I set default %s', case r.relkind when 'v' then 'view' else 'table only' end,
      r.oid::regclass, a.attname, pg_get_expr(c.adbin, c.adrelid))] as statements
  from pg_attrdef c join pg_class r on r.oid = c.adrelid join pg_attribute a on a.attrelid = c.adrelid and a.attnum = c.adnum
  join pg_namespace n on n.oid = r.relnamespace ${identified(sql)}
  where a.attgenerated = '' and r.relkind in ('r', 'p', 'v') and r.relpersistence <> 't' and ${partOf(sql)} order by 3`

const constraints = (sql: ISql) => sql<Node[]>`
  select ${identity(sql)},
    case c.contype when 'c' then ${RANK.check}::int when 'f' then ${RANK.foreign_key}::int else ${RANK.key}::int end as rank,
    array[format('alter table %s %s add constraint %I %s', case when c.contype <> 'f' then 'only' end,
      r.oid::regclass, c.conname, pg_get_constraintdef(c.oid))] as statements
  from pg_constraint c join pg_class r on r.oid = c.conrelid join pg_namespace n on n.oid = r.relnamespace ${identified(sql)}
  where (c.contype in ('c', 'p', 'u', 'x') or c.contype = 'f' and c.conparentid = 0) and r.relkind in ('r', 'p')
    and ${partOf(sql)} order by 3`

/** Parts of partitioned tables, and tables that inherit. */
const partitions = (sql: ISql) => sql<Node[]>`
  select 'part/' || c.oid || '/' || h.inhseqno as key, 'partition' as kind, i.identity || ' of ' || h.inhparent::regclass as name,
    ${RANK.partition}::int as rank,
    array[case when c.relispartition
      then format('alter table only %s attach partition %s %s', h.inhparent::regclass, i.identity, pg_get_expr(c.relpartbound, c.oid))
      else format('alter table only %s inherit %s', i.identity, h.inhparent::regclass) end] as statements,
    array[c.tableoid || '/' || c.oid, c.tableoid || '/' || h.inhparent] as after
  from pg_class c join pg_inherits h on h.inhrelid = c.oid join pg_namespace n on n.oid = c.relnamespace ${identified(sql)}
  where c.relkind in ('r', 'p') and c.relpersistence <> 't' and ${ours(sql)} order by 3, h.inhseqno`

/** Those of constraints come with them. */
const indexes = (sql: ISql) => sql<Node[]>`
  select ${identity(sql)}, ${RANK.index}::int as rank, array[pg_get_indexdef(c.oid)] as statements
  from pg_class c join pg_index x on x.indexrelid = c.oid join pg_namespace n on n.oid = c.relnamespace ${identified(sql)}
  where c.relpersistence <> 't' and (x.indisvalid or c.relkind = 'I')
    and not exists (select from pg_constraint o where o.conindid = c.oid and o.contype in ('p', 'u', 'x'))
    and ${ours(sql)} order by 3`

const indexPartitions = (sql: ISql) => sql<Node[]>`
  select 'part/' || c.oid as key, 'index partition' as kind, i.identity as name, ${RANK.index_partition}::int as rank,
    array[format('alter index %s attach partition %s', h.inhparent::regclass, i.identity)] as statements,
    array(select coalesce((
        select o.tableoid || '/' || o.oid from pg_constraint o where o.conindid = x and o.contype in ('p', 'u', 'x')),
        c.tableoid || '/' || x)
      from unnest(array[c.oid, h.inhparent]) x) as after
  from pg_class c join pg_inherits h on h.inhrelid = c.oid join pg_namespace n on n.oid = c.relnamespace ${identified(sql)}
  where c.relkind in ('i', 'I') and ${ours(sql)} order by 3`

const triggers = (sql: ISql) => sql<Node[]>`
  select ${identity(sql)}, ${RANK.trigger}::int as rank,
    array_remove(array[pg_get_triggerdef(c.oid), case when c.tgenabled <> 'O' then format('alter table %s %s trigger %I',
      r.oid::regclass, case c.tgenabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end, c.tgname)
    end], null) as statements
  from pg_trigger c join pg_class r on r.oid = c.tgrelid join pg_namespace n on n.oid = r.relnamespace ${identified(sql)}
  where not c.tgisinternal and c.tgparentid = 0 and ${partOf(sql)} order by 3`

const rules = (sql: ISql) => sql<Node[]>`
  select ${identity(sql)}, ${RANK.trigger}::int as rank, array[rtrim(pg_get_ruledef(c.oid), ';')] as statements
  from pg_rewrite c join pg_class r on r.oid = c.ev_class join pg_namespace n on n.oid = r.relnamespace ${identified(sql)}
  where c.rulename <> '_RETURN' and ${partOf(sql)} order by 3`

const statistics = (sql: ISql) => sql<Node[]>`
  select ${identity(sql)}, ${RANK.trigger}::int as rank, array[pg_get_statisticsobjdef(c.oid)] as statements
  from pg_statistic_ext c join pg_namespace n on n.oid = c.stxnamespace ${identified(sql)}
  where ${ours(sql)} order by 3`

/** Those for everybody: roles are another server's. */
const policies = (sql: ISql) => sql<Node[]>`
  select ${identity(sql)}, ${RANK.trigger}::int as rank, array[concat('create policy ', quote_ident(c.polname), ' on ', r.oid::regclass,
    case when not c.polpermissive then ' as restrictive' end,
    case c.polcmd when 'r' then ' for select' when 'a' then ' for insert' when 'w' then ' for update' when 'd' then ' for delete' end,
    ' using (' || pg_get_expr(c.polqual, c.polrelid) || ')',
    ' with check (' || pg_get_expr(c.polwithcheck, c.polrelid) || ')')] as statements
  from pg_policy c join pg_class r on r.oid = c.polrelid join pg_namespace n on n.oid = r.relnamespace ${identified(sql)}
  where c.polroles = '{0}' and ${partOf(sql)} order by 3`

const rowSecurity = (sql: ISql) => sql<Node[]>`
  select 'security/' || c.oid as key, 'row security' as kind, i.identity as name, ${RANK.trigger}::int as rank,
    array[c.tableoid || '/' || c.oid] as after,
    array_remove(array[
      case when c.relrowsecurity then format('alter table %s enable row level security', i.identity) end,
      case when c.relforcerowsecurity then format('alter table %s force row level security', i.identity) end], null) as statements
  from pg_class c join pg_namespace n on n.oid = c.relnamespace ${identified(sql)}
  where (c.relrowsecurity or c.relforcerowsecurity) and ${ours(sql)} order by 3`
