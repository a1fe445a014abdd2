/** The role that programs have on the embedded server, on a new folder and on one of an earlier build. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import postgres, { type Sql } from 'postgres'
import { binaries } from '../../../../db/engines/embedded/binaries.ts'
import { serverEnv, serverPaths, type ServerPaths } from '../../../../db/engines/embedded/data-folder.ts'
import { joinEmbedded } from '../../../../db/engines/embedded/index.ts'
import type { FileLock } from '../../../../db/engines/embedded/lock-file.ts'
import { readDbConfig } from '../../../../db/engines/config.ts'
import { giveToHeir, SUPERUSER, urlOf } from '../../../../db/engines/embedded/roles.ts'
import { serverUser } from '../../../../db/engines/embedded/run-as.ts'
import { findServer, startServer, stopServer } from '../../../../db/engines/embedded/server.ts'
import { migrateDatabase } from '../../../../db/engines/postgres/migrate.ts'
import { envReader } from '../../../../lib/env.ts'
import { generatedSecret } from '../../../../lib/generated-secret.ts'
import { checkDatabase } from '../../../../ops/doctor/database.ts'
import { freePort } from '../../../kit/program.ts'
import { cleanUp, dataDir, emptyDataDir } from '../../../kit/members.ts'

setDefaultTimeout(120_000)

afterAll(cleanUp)

/** The rows that `work` asks for, or the code of the error. */
async function asked(url: string, work: (sql: Sql) => Promise<readonly object[]>): Promise<readonly object[] | string> {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} })
  try {
    return [...(await work(sql))]
  } catch (thrown) {
    return (thrown as { code?: string }).code ?? String(thrown)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

const OURS = [{ name: 'doca', super: false, createdb: true, createrole: false, bypass: false, replication: false }]
const rightsOf = (url: string) =>
  asked(
    url,
    (sql) => sql`
      select rolname as name, rolsuper as super, rolcreatedb as createdb, rolcreaterole as createrole,
        rolbypassrls as bypass, rolreplication as replication
      from pg_roles where rolname = current_user`,
  )
/** Nobody can sign in as the superuser, neither with the programs' password nor with none. */
async function expectClosedSuperuser(url: string): Promise<void> {
  const superuser = new URL(url)
  superuser.username = SUPERUSER
  expect(await asked(superuser.href, (sql) => sql`select 1`)).toBe('28P01')
  superuser.password = ''
  expect(await asked(superuser.href, (sql) => sql`select 1`)).not.toEqual([expect.anything()])
}

test('programs own their database, may make another, and are no superuser', async () => {
  const server = await joinEmbedded({ data_dir: await dataDir() })
  try {
    expect(await rightsOf(server.url)).toEqual(OURS)
    await expectClosedSuperuser(server.url)
    await migrateDatabase(server.url)
    for (const statement of [
      'create role other',
      "copy (select 1) to program 'true'",
      "select pg_read_file('PG_VERSION')",
      'alter system set fsync = off',
      `alter role doca superuser`,
    ])
      expect([statement, await asked(server.url, (sql) => sql.unsafe(statement))]).toEqual([statement, '42501'])
    for (const statement of ['create database scratch', 'drop database scratch', 'create schema mine'])
      expect(await asked(server.url, (sql) => sql.unsafe(statement))).not.toBeString()
  } finally {
    await server.leave()
  }
})

/** As an earlier build made it: initdb's superuser is doca. Serves it while `work` runs. */
async function earlierBuild(
  work: (port: number, password: string, paths: ServerPaths) => Promise<void>,
): Promise<string> {
  const data_dir = await emptyDataDir()
  await mkdir(data_dir, { recursive: true, mode: 0o700 })
  const paths = serverPaths(data_dir)
  const password = await generatedSecret(data_dir, 'postgres_password')
  const server = await binaries()
  const user = await serverUser(data_dir, paths.folder, server.postgres)
  const words = ['-U', 'doca', `--pwfile=${data_dir}/secrets/postgres_password`, '--auth=scram-sha-256', '--no-sync']
  const initdb = user.wrap([server.initdb, '-D', paths.folder, ...words])
  expect(Bun.spawnSync(initdb, { cwd: '/', env: serverEnv(), stdout: 'ignore' }).exitCode).toBe(0)
  const [alive, port] = [(await findServer(paths, {})) as FileLock, freePort()]
  await startServer(paths, { server, user, port, alive })
  alive.release()
  await work(port, password, paths)
  await stopServer(paths)
  return data_dir
}

const CONTENT = `
  create schema "o'f \\"mine";
  create table "o'f \\"mine".notes (id int generated always as identity primary key, other serial, text text);
  insert into "o'f \\"mine".notes (text) values ('kept');
  create view latest as select * from "o'f \\"mine".notes;
  create materialized view counted as select count(*) from latest;
  create sequence loose;
  create type colour as enum ('red');
  create type pair as (a int, b colour);
  create type span as range (subtype = int4);
  create domain short as text check (length(value) < 9);
  create table parted (at int) partition by list (at);
  create table part partition of parted for values in (1);
  create statistics seen on id, other from "o'f \\"mine".notes;
  create function twice(n int) returns int language sql as 'select n * 2';
  create procedure nothing() language sql as '';
  create aggregate total (int) (sfunc = int4pl, stype = int)`.replaceAll('\\"', '""')

/** What in the database belongs to another role than ours, system objects aside. */
const foreign = (sql: Sql) => sql`
  select c.relname as name from pg_class c where c.oid >= 16384 and relowner <> current_user::regrole
  union all select proname from pg_proc where oid >= 16384 and proowner <> current_user::regrole
  union all select typname from pg_type where oid >= 16384 and typowner <> current_user::regrole
  union all select nspname from pg_namespace where oid >= 16384 and nspowner <> current_user::regrole
  union all select stxname from pg_statistic_ext where stxowner <> current_user::regrole
  union all select datname from pg_database where not datistemplate and datdba <> current_user::regrole`

test('the data of an earlier build, whose programs were the superuser, is changed at the first start, with all that is in it', async () => {
  const data_dir = await earlierBuild(async (port, password, { data_dir }) => {
    const url = urlOf(port, password)
    const config = readDbConfig(envReader({ DATABASE_URL: url, DATA_DIR: data_dir }))
    const { found, fix } = await checkDatabase(config)
    expect([found, fix]).toEqual([
      expect.stringContaining('is a superuser'),
      expect.stringContaining('create role doca'),
    ])
    for (const statement of ['create database other', 'create database closed with allow_connections false'])
      expect(await asked(url, (sql) => sql.unsafe(statement))).not.toBeString()
    for (const database of ['postgres', 'other'])
      expect(await asked(urlOf(port, password, database), (sql) => sql.unsafe(CONTENT))).not.toBeString()
  })
  for (const round of ['changed', 'started again']) {
    const server = await joinEmbedded({ data_dir })
    try {
      expect([round, await rightsOf(server.url)]).toEqual([round, OURS])
      await expectClosedSuperuser(server.url)
      expect(
        await asked(server.url, (sql) => sql`select rolname from pg_roles where rolname like 'doca%' order by 1`),
      ).toEqual([{ rolname: 'doca' }, { rolname: SUPERUSER }])
      const { port, password } = new URL(server.url)
      for (const database of ['postgres', 'other']) {
        const url = urlOf(Number(port), password, database)
        expect(await asked(url, foreign)).toEqual([])
        expect(await asked(url, (sql) => sql`select text from latest`)).toEqual([{ text: 'kept' }])
      }
      await migrateDatabase(server.url)
    } finally {
      await server.leave()
    }
  }
})

test('a change that was killed before its last step is begun again', async () => {
  const data_dir = await earlierBuild(async (port, password) => {
    await giveToHeir(port, password)
    // An earlier build goes on with it meanwhile.
    expect(await asked(urlOf(port, password), (sql) => sql.unsafe('create table later (id int)'))).not.toBeString()
  })
  const server = await joinEmbedded({ data_dir })
  expect([await rightsOf(server.url), await asked(server.url, foreign)]).toEqual([OURS, []])
  await server.leave()
})
