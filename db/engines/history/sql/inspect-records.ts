/** Inspects a table of records, for `bun run doctor`; nothing is written. */
import type { Sql } from 'postgres'
import type { RecordTable } from '../records.ts'

export interface RecordRights {
  place: string
  is_there: boolean
  /** The right that is missing, with the statement that gives it. */
  missing: { found: string; fix: string } | null
}

export async function recordRights(sql: Sql, { keyspace, name }: RecordTable): Promise<RecordRights> {
  const [found] = await sql<[Found]>`
    select quote_ident(current_user) as who, quote_ident(current_database()) as database, s.oid is not null as schema_there,
      t.oid is not null as table_there,
      has_database_privilege(current_database(), 'create') as may_make_schema,
      coalesce(has_schema_privilege(s.oid, 'usage'), false) as may_use,
      coalesce(has_schema_privilege(s.oid, 'create'), false) as may_make_table,
      (select bool_and(has_table_privilege(t.oid, needed)) from unnest(${NEEDED}::text[]) as needed) as may_write
    from (values (1)) as one left join pg_namespace s on s.nspname = ${keyspace}
      left join pg_class t on t.relnamespace = s.oid and t.relname = ${name}`
  const place = `${keyspace}.${name}`
  return { place, is_there: found.table_there, missing: missingOf(found, keyspace, place) }
}

const NEEDED = ['select', 'insert', 'update']

interface Found {
  who: string
  database: string
  schema_there: boolean
  table_there: boolean
  may_make_schema: boolean
  may_use: boolean
  may_make_table: boolean
  may_write: boolean | null
}

function missingOf(found: Found, keyspace: string, place: string): RecordRights['missing'] {
  const { who, database } = found
  if (!found.schema_there)
    return found.may_make_schema
      ? null
      : { found: `it cannot make the schema ${keyspace}`, fix: `GRANT CREATE ON DATABASE ${database} TO ${who}` }
  if (!found.may_use || (!found.table_there && !found.may_make_table))
    return { found: `it cannot use the schema ${keyspace}`, fix: `GRANT USAGE, CREATE ON SCHEMA ${keyspace} TO ${who}` }
  if (found.table_there && !found.may_write)
    return { found: `it cannot write ${place}`, fix: `GRANT SELECT, INSERT, UPDATE ON ${place} TO ${who}` }
  return null
}
