/**
 * A fresh, migrated database for a test file, copied from a template in the tests' own embedded PostgreSQL.
 * The template's name carries a hash of the migrations, so that a new migration makes a new template.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { joinEmbedded, type EmbeddedServer } from '../../db/engines/embedded/index.ts'
import { dropDatabase } from '../../db/engines/postgres/drop-database.ts'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import { MIGRATIONS, migrateDatabase } from '../../db/engines/postgres/migrate.ts'
import { until } from './program.ts'

/** The server's folder: of this working copy, and kept between runs. */
const testDataDir = () => join(tmpdir(), `doca-tests-${Bun.hash(import.meta.dir).toString(36)}`)
const TEMPLATE_LOCK = 4_711_999

let server: Promise<EmbeddedServer> | undefined
let made = 0

export interface TestDatabase {
  url: string
  sql: Sql
  /** Closes `sql` and drops the database. */
  close(): Promise<void>
}

/** Call in beforeAll, and `close()` in afterAll. `bare`: without our tables. */
export async function testDatabase({ bare = false }: { bare?: boolean } = {}): Promise<TestDatabase> {
  const { url } = await (server ??= joinTestServer())
  const admin = postgres(url, { max: 1, onnotice: () => {} })
  const name = `test_${process.pid}_${++made}_${Math.random().toString(36).slice(2, 8)}`
  try {
    await admin`select pg_advisory_lock(${TEMPLATE_LOCK})`
    const template = bare ? 'template0' : await ensureTemplate(admin, url)
    await admin.unsafe(`create database ${name} template ${template} strategy file_copy`)
  } finally {
    await admin.end()
  }
  const databaseUrl = withDatabase(url, name)
  // A busy machine, and programs that were frozen, take their time.
  const sql = openSql(databaseUrl, 4, { statement_timeout_s: 60 })
  return {
    url: databaseUrl,
    sql,
    async close() {
      await sql.end({ timeout: 5 })
      const again = postgres(url, { max: 1, onnotice: () => {} })
      await dropDatabase(again, name)
      await again.end()
    },
  }
}

export async function leaveTestServer(): Promise<void> {
  const joined = await server
  server = undefined
  await joined?.leave()
}

async function joinTestServer(): Promise<EmbeddedServer> {
  if (process.env.BUN_TEST_WORKER_ID && !(await answers())) {
    // Through a shell that ends at once, so that the keeper (see there) is nobody's child here; two do no harm.
    const keep = [process.execPath, join(import.meta.dir, 'keep-server.ts'), testDataDir(), String(process.ppid)]
    Bun.spawnSync(['sh', '-c', '"$@" >/dev/null 2>&1 &', 'sh', ...keep])
    await until('the kept server', answers)
  }
  return joinEmbedded({ data_dir: testDataDir() })
}

/** True when the server of the recorded port takes connections. */
async function answers(): Promise<boolean> {
  const port = Number(await readFile(join(testDataDir(), 'postgres.port'), 'utf8').catch(() => ''))
  if (!port) return false
  const answer = Bun.connect({ hostname: '127.0.0.1', port, socket: { data() {} } })
  return answer.then(
    (socket) => (socket.end(), true),
    () => false,
  )
}

async function ensureTemplate(admin: Sql, url: string): Promise<string> {
  const hash = createHash('sha256')
  for (const file of readdirSync(MIGRATIONS).toSorted())
    if (file.endsWith('.sql')) hash.update(readFileSync(join(MIGRATIONS, file), 'utf8'))
  const name = `template_${hash.digest('hex').slice(0, 16)}`
  const databases = await admin<{ datname: string }[]>`select datname from pg_database`
  for (const { datname } of databases) if (isLeftOver(datname, name)) await dropDatabase(admin, datname)
  if (!databases.some(({ datname }) => datname === name)) {
    await admin.unsafe(`create database ${name}_making`)
    await migrateDatabase(withDatabase(url, `${name}_making`))
    await admin.unsafe(`alter database ${name}_making rename to ${name}`)
  }
  return name
}

/** An old template, one half made, or the database of a test process that was killed. */
function isLeftOver(database: string, template: string): boolean {
  if (database.startsWith('template_')) return database !== template
  const pid = /^test_(\d+)_/.exec(database)?.[1]
  if (!pid) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch {
    return true
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
