/** Inspects a database of an order system, or of the output, for `bun run doctor`; nothing is made. */
import type { Sql } from 'postgres'
import type { Inspection } from '../engines/inspection.ts'
import { openAlone } from '../engines/postgres/open-alone.ts'
import { postgresVersion } from '../engines/postgres/server-facts.ts'

const OLDEST = 15
const CONNECT_S = 5

/** What a table that is there must have; columns of ours that it lacks are added by the first use. */
const COLUMNS = {
  system: ['id', 'product', 'price', 'security_check', 'created_at'],
  output: ['message_id', 'origin', 'product', 'price', 'security_check', 'written_at'],
}
const OURS = ['message_id', 'sent_at']

export interface OrdersInspection extends Inspection {
  /** null: the first use makes it. */
  tables: 'there' | null
}

/** Throws what the connection throws when we cannot get in. */
export async function inspectOrders(kind: 'system' | 'output', url: string): Promise<OrdersInspection> {
  const sql = openAlone(url, 'doca doctor', { connect_timeout_s: CONNECT_S })
  try {
    const version = await postgresVersion(sql)
    const asked = performance.now()
    const rights = await readRights(sql)
    const latency_ms = performance.now() - asked
    const problems: Inspection['problems'] = []
    if (Number.parseInt(version, 10) < OLDEST)
      problems.push({ found: `it is version ${version}`, fix: `use PostgreSQL ${OLDEST} or later.` })
    if (rights.read_only) problems.push({ found: 'it takes no writes', fix: 'name the primary, not a replica.' })
    problems.push(...(rights.there ? await tableProblems(sql, kind, rights) : missingTable(rights)))
    return { version, latency_ms, problems, tables: rights.there ? 'there' : null }
  } finally {
    await sql.end({ timeout: 1 })
  }
}

interface Rights {
  user: string
  there: boolean
  read_only: boolean
  may_create: boolean
  may_write: boolean
  is_owner: boolean
}

async function readRights(sql: Sql): Promise<Rights> {
  const [row] = await sql<[Rights]>`
    select quote_ident(current_user) as user, t.oid is not null as there, pg_is_in_recovery() as read_only,
      has_schema_privilege('public', 'create') as may_create,
      coalesce(has_table_privilege(t.oid, 'select') and has_table_privilege(t.oid, 'insert')
        and has_table_privilege(t.oid, 'update'), false) as may_write,
      coalesce(pg_has_role(t.relowner, 'usage'), false) as is_owner
    from (select) always left join pg_class t on t.oid = to_regclass('public.orders')`
  return row
}

const missingTable = ({ user, may_create }: Rights): Inspection['problems'] =>
  may_create
    ? []
    : [{ found: 'its user may not make the table orders', fix: `grant create on schema public to ${user};` }]

async function tableProblems(
  sql: Sql,
  kind: 'system' | 'output',
  { user, may_create, may_write, is_owner }: Rights,
): Promise<Inspection['problems']> {
  const rows = await sql<{ name: string }[]>`
    select attname::text as name from pg_attribute
    where attrelid = to_regclass('public.orders') and attnum > 0 and not attisdropped`
  const columns = rows.map(({ name }) => name)
  const lacks = COLUMNS[kind].filter((name) => !columns.includes(name))
  const problems: Inspection['problems'] = []
  if (!may_write)
    problems.push({
      found: 'its user may not read and write the table orders',
      fix: `grant select, insert, update on public.orders to ${user};`,
    })
  if (lacks.length > 0)
    problems.push({
      found: `its table orders lacks ${lacks.join(', ')}`,
      fix: 'name a database with a table of orders, or without a table of that name.',
    })
  // Only its owner may add columns and an index to a table.
  if (
    kind === 'system' &&
    lacks.length === 0 &&
    OURS.some((name) => !columns.includes(name)) &&
    !(is_owner && may_create)
  )
    problems.push({
      found: 'its user may not add message_id and sent_at to the table orders',
      fix: `alter table public.orders owner to ${user};`,
    })
  return problems
}
