import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { chmod, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createEncryption } from '../../lib/encryption.ts'
import { confirmSecret, savePendingSecret } from '../../db/users/two-factor/two-factor.ts'
import { recordBeat, thisProcess } from '../../db/monitoring/programs.ts'
import { insertUser } from '../../db/users/users.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { freePort, runToEnd } from '../kit/program.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

interface Finding {
  check: string
  status: string
  found: string
  fix: string | null
}

let database: TestDatabase
let data_dir: string
beforeAll(async () => {
  database = await testDatabase()
  data_dir = temporaryFolder()
})
afterAll(() => database.close())

async function doctor(env: Record<string, string>) {
  const defaults = { DATABASE_URL: database.url, DATA_DIR: data_dir, PORT: String(freePort()) }
  const { code, output } = await runToEnd('ops/doctor.ts', ['--json'], { ...defaults, ...env })
  const findings = JSON.parse(output) as Finding[]
  return { code, findings, failed: findings.filter(({ status }) => status === 'failed') }
}

test('on a sound machine every line is ok and the code is 0', async () => {
  const { code, findings, failed } = await doctor({})
  expect(failed).toEqual([])
  expect(code).toBe(0)
  expect(findings.map(({ check }) => check)).toEqual(
    expect.arrayContaining(['configuration', 'bun', 'data folder', 'disk', 'fonts', 'port', 'database']),
  )
  expect(findings.find(({ check }) => check === 'people')).toMatchObject({
    found: 'in dsa_dados_usuarios.tb_usuarios, which the first person makes',
  })
})

test('a data folder that is open to others is named, with what to do', async () => {
  await chmod(data_dir, 0o750)
  const { code, failed } = await doctor({})
  expect(code).toBe(1)
  expect(failed).toEqual([
    {
      check: 'data folder',
      status: 'failed',
      found: expect.stringContaining('open to other users of this machine (mode 750)'),
      fix: expect.stringContaining(`chmod -R go= ${data_dir}`),
    },
  ])
  await chmod(data_dir, 0o1777)
  const shared = await doctor({})
  expect(shared.failed).toEqual([
    { check: 'data folder', status: 'failed', found: expect.any(String), fix: 'Set DATA_DIR to a folder of its own.' },
  ])
  expect((await stat(data_dir)).mode & 0o7777).toBe(0o1777)
  await chmod(data_dir, 0o750)
  await doctor({})
  // The connection to the database closed it.
  expect((await doctor({})).failed).toEqual([])
})

test('a port that another program has is named, with what to do', async () => {
  const squatter = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { code, failed } = await doctor({ PORT: String(squatter.port) })
  squatter.stop(true)
  expect(code).toBe(1)
  expect(failed).toEqual([
    { check: 'port', status: 'failed', found: expect.any(String), fix: expect.stringContaining('PORT') },
  ])
})

test('a lost TOTP_KEY is noticed, and a previous one that is still needed', async () => {
  const { sql } = database
  const [key, other] = ['k'.repeat(32), 'o'.repeat(32)]
  const user = await insertUser(sql, { username: 'ana', password_hash: 'x', role: 'viewer' })
  const encrypted = createEncryption(key).encrypt(new Uint8Array(20), user!.id)
  await savePendingSecret(sql, user!.id, encrypted, 60)
  await confirmSecret(sql, user!.id, encrypted, 1)
  const look = async (env: Record<string, string>) => {
    const { code, findings } = await doctor(env)
    const { found, fix } = findings.find(({ check }) => check === 'two-factor key')!
    return { code, found, fix }
  }
  const found = (lost: number, stale: number) =>
    `of 1 users with a code, ${lost} cannot be checked, ${stale} need TOTP_KEY_PREVIOUS`
  expect(await look({ TOTP_KEY: key })).toEqual({ code: 0, found: found(0, 0), fix: null })
  expect(await look({ TOTP_KEY: other, TOTP_KEY_PREVIOUS: key })).toEqual({ code: 0, found: found(0, 1), fix: null })
  expect(await look({ TOTP_KEY: other })).toEqual({
    code: 1,
    found: found(1, 0),
    fix: expect.stringContaining('reset-2fa'),
  })
  await sql`delete from users`
})

test('a database that is not there is named without its password', async () => {
  const { code, failed } = await doctor({ DATABASE_URL: `postgres://u:hunter2@127.0.0.1:${freePort()}/x` })
  expect(code).toBe(1)
  expect(failed.map(({ check }) => check)).toEqual(['database'])
  expect(JSON.stringify(failed)).not.toContain('hunter2')
})

test('a data folder that is a file is named', async () => {
  const file = join(data_dir, 'file')
  await writeFile(file, '')
  const { code, failed } = await doctor({ DATA_DIR: join(file, 'below') })
  expect(code).toBe(1)
  expect(failed.map(({ check }) => check)).toContain('data folder')
})

test('every wrong variable is a finding', async () => {
  const { code, failed } = await doctor({ PORT: 'x', LOG_LEVEL: 'loud' })
  expect(code).toBe(1)
  expect(failed).toHaveLength(2)
})

test('an engine that is not there is named with its variable, and the rest is still checked', async () => {
  const port = freePort()
  const { code, findings, failed } = await doctor({ CACHE_URL: `redis://:hunter2@127.0.0.1:${port}` })
  expect(code).toBe(1)
  expect(failed.map(({ check }) => check)).toEqual(['cache'])
  expect(failed[0]!.found).toContain(`127.0.0.1:${port}`)
  expect(failed[0]!.fix).toContain('CACHE_URL')
  expect(JSON.stringify(findings)).not.toContain('hunter2')
})

test('a program that is silent is named, with what to do', async () => {
  const { sql } = database
  await recordBeat(sql, thisProcess('charts'))
  await sql`update programs set seen_at = now() - interval '2 minutes'`
  await recordBeat(sql, thisProcess('api'))
  const { code, failed } = await doctor({})
  await sql`truncate programs`
  expect(code).toBe(1)
  expect(failed).toEqual([
    {
      check: 'programs',
      status: 'failed',
      found: expect.stringMatching(/^charts \(process \d+ on .+\) silent for 12\d s; api at work$/),
      fix: expect.stringContaining('end it by its process id'),
    },
  ])
})

test('a consumer that a storm has paused is named, with what to decide', async () => {
  const { sql } = database
  await sql`insert into storms (source, paused_at, reason, failed, messages) values ('orders', now(), 'not_json', 15, 20)`
  const { failed } = await doctor({})
  await sql`truncate storms`
  expect(failed).toMatchObject([
    {
      check: 'programs',
      found: expect.stringContaining('15 of 20 messages failed with not_json; none at work'),
      fix: expect.stringContaining('POST /orders/consumer/resume'),
    },
  ])
})

test('order systems and the output in databases of their own are checked, with what to do', async () => {
  const [fine, foreign, poor] = await Promise.all([1, 2, 3].map(() => testDatabase({ bare: true })))
  const gone = new URL(fine!.url)
  gone.pathname = '/nobody'
  try {
    await foreign!.sql`create table public.orders (id int primary key, total numeric)`
    await poor!.sql.unsafe(`
      create table public.orders (id int, product text, price numeric, security_check bool, created_at timestamptz);
      revoke insert on public.orders from current_user`)
    const systems = [fine!.url, foreign!.url, gone.href, poor!.url].map((url, i) => `${'abcd'[i]}=${url}`)
    const { code, findings } = await doctor({ SYSTEMS: systems.join(), OUTPUT_DATABASE_URL: fine!.url })
    expect(code).toBe(1)
    const about = (check: string) => findings.find((one) => one.check === check)
    const unmade = expect.stringContaining('without its table yet, which the first use makes')
    expect(about('orders a')).toMatchObject({ status: 'ok', found: unmade })
    expect(about('orders output')).toMatchObject({ status: 'ok', found: unmade })
    expect(about('orders b')!.found).toContain('its table orders lacks product, price, security_check, created_at')
    expect(about('orders c')).toMatchObject({ status: 'failed', fix: 'Start it, or correct SYSTEMS.' })
    expect(about('orders d')!.fix).toContain('grant select, insert, update on public.orders to ')
    // Nothing was made.
    expect((await fine!.sql`select to_regclass('public.orders') as made`)[0]!.made).toBeNull()
  } finally {
    await Promise.all([fine, foreign, poor].map((one) => one!.close()))
  }
})

test('order systems without databases of their own are one line', async () => {
  const { findings } = await doctor({})
  expect(findings.find(({ check }) => check === 'orders')).toMatchObject({
    status: 'ok',
    found: 'schemas of the database: system_a, system_b, output',
  })
})
