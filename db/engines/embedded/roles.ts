/**
 * Who may do what on the embedded server. Programs sign in as `doca`, which owns their database and what is in it, may make
 * databases beside it (the backup's drill needs one) and is no superuser. The superuser has no password, so that nobody can
 * sign in as it: PostgreSQL's single-user mode, which needs the data folder, is the only way.
 *
 * An earlier build's programs were the superuser, under the name of doca. Such a folder is changed at its first start: what
 * the superuser owns is given to a new role while the server runs, then the two change names while it does not. Each
 * step may be repeated; until the last, which is one transaction, programs are let in as before.
 */
import postgres, { type Sql } from 'postgres'

/** Of the programs. */
export const ROLE = 'doca'
/** Of initdb. */
export const SUPERUSER = 'doca_superuser'
export const DATABASE = 'postgres'

export const urlOf = (port: number, password: string, database = DATABASE) =>
  `postgres://${ROLE}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`

/** Statements for single-user mode, on a folder that is new. */
export const firstStatements = (password: string): string[] => [
  `alter role ${SUPERUSER} password null`,
  `create role ${ROLE} ${rights(password)}`,
  `alter database ${DATABASE} owner to ${ROLE}`,
  ...copyStatements(),
]

/** Statements for single-user mode that let the role copy the data folder while the server runs; it can be read by it anyway. */
export const copyStatements = (): string[] => [
  `grant execute on function pg_backup_start(text, boolean), pg_backup_stop(boolean), pg_switch_wal() to ${ROLE}`,
]

/** Statements for single-user mode that give the role another password. */
export const passwordStatements = (password: string): string[] => [`alter role ${ROLE} ${known(password)}`]

/** The superuser's oid, whatever its name. */
const FIRST = 10
/** The role of programs, as long as the superuser has its name. */
const HEIR = 'doca_heir'

/** Statements for single-user mode, after `giveToHeir`. No statement renames the user that runs it. */
export const renameStatements = (): string[] => [
  `do $$ begin update pg_authid set rolname = '${SUPERUSER}', rolpassword = null where oid = ${FIRST}; ` +
    `alter role ${HEIR} rename to ${ROLE}; end $$`,
]

/** Gives what the superuser owns in every database of the server at `port` to a role that takes its place. Nobody else may be connected. */
export async function giveToHeir(port: number, password: string): Promise<void> {
  const databases = await as(port, password, DATABASE, async (sql) => {
    const made = await sql`select from pg_roles where rolname = ${HEIR}`
    await sql.unsafe(`${made.length > 0 ? 'alter' : 'create'} role ${HEIR} ${rights(password)}`)
    return sql<{ name: string; open: boolean }[]>`
      select datname as name, datallowconn as open from pg_database where not datistemplate`
  })
  for (const { name, open } of databases)
    await as(port, password, open ? name : DATABASE, async (sql) => {
      if (open) await sql.unsafe(GIVE_OBJECTS)
      await sql`alter database ${sql(name)} owner to ${sql(HEIR)}`
    })
}

async function as<T>(port: number, password: string, database: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = postgres(urlOf(port, password, database), { max: 1, fetch_types: false, onnotice: () => {} })
  try {
    return await work(sql as unknown as Sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

const rights = (password: string) =>
  `login createdb nosuperuser nocreaterole noreplication nobypassrls ${known(password)}`

const known = (password: string) => `password '${password.replaceAll("'", "''")}'`

/** What PostgreSQL itself made has lower numbers. */
const FIRST_OF_USERS = 16_384
const theirs = (catalogue: string, owner: string) => `
  from ${catalogue} o where ${owner} = ${FIRST} and o.oid >= ${FIRST_OF_USERS}
    and not exists (select from pg_depend d where d.classid = '${catalogue}'::regclass and d.objid = o.oid and d.deptype = 'e')`

/** REASSIGN OWNED refuses to touch what the first superuser owns. Indexes, arrays and the sequences of columns follow their tables. */
const GIVE_OBJECTS = `
do $$
declare command text;
begin
  for command in
    select format('alter schema %I', nspname) ${theirs('pg_namespace', 'nspowner')}
    union all
    select format('alter table %s', o.oid::regclass) ${theirs('pg_class', 'relowner')}
      and relkind in ('r', 'p', 'v', 'm', 'f', 'S') and not exists (
        select from pg_depend d where d.objid = o.oid and d.classid = 'pg_class'::regclass
          and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i') and relkind = 'S')
    union all
    select format('alter routine %s', o.oid::regprocedure) ${theirs('pg_proc', 'proowner')}
    union all
    select format('alter type %s', o.oid::regtype) ${theirs('pg_type', 'typowner')}
      and (typtype in ('d', 'e', 'r') or typtype = 'c' and (select relkind from pg_class where pg_class.oid = typrelid) = 'c')
    union all
    select format('alter statistics %I.%I', stxnamespace::regnamespace, stxname) ${theirs('pg_statistic_ext', 'stxowner')}
  loop
    execute command || ' owner to ${HEIR}';
  end loop;
end $$`
