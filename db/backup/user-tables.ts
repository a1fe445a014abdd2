/**
 * User tables: those that no migration makes, because a job, or somebody at the database, created them. A backup keeps the
 * shape of each table, and a restore creates those that it lacks, so that none of them keeps an archive from being
 * restored: columns, keys, numbering and plain defaults. Expressions (checks, other defaults, indexes, triggers) are not
 * kept, since a restore runs nothing that an archive says; they are named instead.
 */
import type { ISql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import type { DumpedDatabase, TableShape } from './format.ts'
import { listSequences, listTables } from './tables.ts'

type Column = TableShape['columns'][number]

export async function readShape(tx: ISql, { schema, name }: { schema: string; name: string }): Promise<TableShape> {
  const [row] = await tx<[TableShape]>`
    select
      coalesce((select json_agg(json_build_object('name', attname, 'type', format_type(atttypid, atttypmod),
          'not_null', attnotnull, 'identity', attidentity, 'default', pg_get_expr(d.adbin, d.adrelid)) order by attnum)
        from pg_attribute left join pg_attrdef d on adrelid = attrelid and adnum = attnum
        where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = ''), '[]') as columns,
      coalesce((select json_agg(json_build_object('primary', contype = 'p', 'columns', array(
          select attname from unnest(conkey) with ordinality k(attnum, place) join pg_attribute a using (attnum)
          where a.attrelid = conrelid order by place)) order by conname)
        from pg_constraint where conrelid = c.oid and contype in ('p', 'u')), '[]') as keys,
      array(
        select 'column ' || attname from pg_attribute where attrelid = c.oid and attgenerated <> ''
        union all select 'constraint ' || conname from pg_constraint where conrelid = c.oid and contype not in ('p', 'u', 'n')
        union all select 'index ' || indexrelid::regclass from pg_index
          where indrelid = c.oid and not exists (select from pg_constraint where conindid = indexrelid)
        union all select 'trigger ' || tgname from pg_trigger where tgrelid = c.oid and not tgisinternal
        order by 1) as others
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = ${schema} and c.relname = ${name}`
  return row
}

/** Creates the tables and sequences of `dumped` that the database lacks; the parts that were not restored, a line each. */
export async function createUserTables(tx: ISql, { tables, sequences }: DumpedDatabase): Promise<string[]> {
  const here = namesOf(await listTables(tx))
  const lacking = tables.flatMap(({ schema, name, shape }) =>
    here.has(`${schema}.${name}`) || !shape ? [] : [{ schema, name, shape }],
  )
  for (const table of lacking) await createTable(tx, table)
  // Those that number a column have come with it.
  const numbering = namesOf(await listSequences(tx))
  for (const { schema, name } of sequences)
    if (!numbering.has(`${schema}.${name}`)) await tx`create sequence ${tx(schema)}.${tx(name)}`
  for (const { schema, name, shape } of lacking)
    for (const { name: column, default: value } of shape.columns)
      if (value !== null && PLAIN.test(value))
        await tx`alter table ${tx(schema)}.${tx(name)} alter ${tx(column)} set default ${tx.unsafe(value)}`
  return lacking.flatMap(({ schema, name, shape }) => {
    const lost = shape.columns.flatMap((column) =>
      column.default === null || PLAIN.test(column.default) ? [] : [`default of ${column.name}`],
    )
    const missing = [...lost, ...shape.others]
    return missing.length === 0 ? [] : [`${schema}.${name} is restored without: ${missing.join(', ')}`]
  })
}

/** Numbers, texts without a backslash, the usual functions, and the next number of a sequence. */
const PLAIN =
  /^(?:-?\d+(?:\.\d+)?|true|false|now\(\)|clock_timestamp\(\)|CURRENT_TIMESTAMP|CURRENT_DATE|gen_random_uuid\(\)|nextval\('(?:[^'\\]|'')+'::regclass\)|'(?:[^'\\]|'')*'::[a-z ]+(?:\[\])?)$/

interface UserTable {
  schema: string
  name: string
  shape: TableShape
}

async function createTable(tx: ISql, { schema, name, shape }: UserTable): Promise<void> {
  await tx`create schema if not exists ${tx(schema)}`
  await tx`create table ${tx(schema)}.${tx(name)} ()`
  for (const column of shape.columns) await addColumn(tx, { schema, name }, column)
  for (const { primary, columns } of shape.keys)
    await tx`
      alter table ${tx(schema)}.${tx(name)} add ${primary ? tx`primary key` : tx`unique`} (${tx(columns)})`
}

async function addColumn(tx: ISql, { schema, name }: { schema: string; name: string }, column: Column): Promise<void> {
  const { name: column_name, type, not_null, identity } = column
  // So that the text is a type's name and nothing else.
  const [{ known }] = await tx<[{ known: boolean }]>`select to_regtype(${type}) is not null as known`
  if (!known)
    throw new AppError(
      'invalid',
      'backup_schema',
      `The archive's ${schema}.${name}, which no migration makes, has a column ${column_name} of the type ${type}, which is ` +
        'not there.',
    )
  const numbered = { '': tx``, a: tx`generated always as identity`, d: tx`generated by default as identity` }[identity]
  await tx`
    alter table ${tx(schema)}.${tx(name)} add ${tx(column_name)} ${tx.unsafe(type)} ${not_null ? tx`not null` : tx``} ${numbered}`
}

const namesOf = (of: Array<{ schema: string; name: string }>) =>
  new Set(of.map(({ schema, name }) => `${schema}.${name}`))
