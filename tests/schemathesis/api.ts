/**
 * `bun run test:schemathesis`: requests made from the OpenAPI document, good and bad, one by one and in sequences, against
 * the real API. No answer may have an undocumented status, break its schema, or be a 5xx. Schemathesis comes from PyPI.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Sql } from 'postgres'
import { makeOnce, needCommand, run } from '../../ops/engines/install.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { freePort, startProgram, until, type Program } from '../kit/program.ts'

const VERSION = '4.32.5'
const EXAMPLES = process.env.SCHEMATHESIS_EXAMPLES ?? '15'
/** The same requests at every run, so that what a change broke is told from what was never tried; more by hand. */
const SEED = process.env.SCHEMATHESIS_SEED ?? '20261121'
/** Operations that only ever answered 401 or 403: some ask for a code, or for a password. */
const MOST_REFUSED = 20
const LIMIT_S = 240

let database: TestDatabase
let folder: string
let api: Program
let env: Record<string, string>

beforeAll(async () => {
  database = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'doca-schemathesis-'))
  const port = String(freePort())
  const limits = {
    RATE_LIMIT_PER_MIN: '10000000',
    RATE_LIMIT_ANONYMOUS_PER_MIN: '10000000',
    RATE_LIMIT_SIGN_IN_PER_MIN: '10000000',
    RATE_LIMIT_REFRESH_PER_MIN: '10000000',
  }
  env = { DATABASE_URL: database.url, DATA_DIR: folder, PORT: port, PASSWORD_ROUNDS: '10', ...limits }
  api = startProgram('api/main.ts', [], { ...env, LOG_LEVEL: 'warn', ADMIN_PASSWORD: 'a long password for tests' })
  const live = () =>
    fetch(`http://127.0.0.1:${port}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    )
  await until('the API', live, 60_000, api.output)
  await putRun(database.sql)
}, 120_000)

/** The job and the run that schemathesis.toml names. */
async function putRun(sql: Sql): Promise<void> {
  const id = '01a1fc6d-ba26-771a-b067-b72d1b4570e8'
  await sql`insert into jobs (name, schedule, timezone) values ('fuzzed', '30 2 * * *', 'America/Sao_Paulo')`
  await sql`
    insert into runs (id, job, slot, trigger, state, attempt, started_at, finished_at)
    values (${id}, 'fuzzed', now(), 'schedule', 'succeeded', 1, now(), now())`
  await sql`insert into slots (job, slot, state, run_id) select job, slot, 'ran', id from runs`
  await sql`insert into run_attempts (run_id, attempt, state, worker) values (${id}, 1, 'succeeded', 'w')`
  await sql`
    insert into run_logs (run_id, attempt, level, message)
    select ${id}, 1, 'info', 'line ' || n from generate_series(1, 120) n`
}

afterAll(async () => {
  api.kill('SIGKILL')
  await database.close()
  await rm(folder, { recursive: true })
})

test(
  'Schemathesis finds nothing, with all checks in all phases',
  async () => {
    const program = await schemathesis()
    const url = `http://127.0.0.1:${env.PORT}`
    const options = {
      phases: 'examples,coverage,fuzzing,stateful',
      checks: 'all',
      'max-examples': EXAMPLES,
      seed: SEED,
    }
    const words = Object.entries({ ...options, 'max-time': String(LIMIT_S), 'request-timeout': '30' })
    const child = Bun.spawn(
      [
        program,
        `--config-file=${join(import.meta.dir, 'schemathesis.toml')}`,
        'run',
        `${url}/docs/json`,
        '--continue-on-failure',
        // How fast it makes its requests says how busy the machine is, nothing about us.
        '--suppress-health-check=too_slow',
        ...words.map(([name, value]) => `--${name}=${value}`),
      ],
      {
        // It keeps notes beside itself.
        cwd: folder,
        env: {
          ...process.env,
          ...env,
          API_URL: url,
          ADMIN: JSON.stringify([process.execPath, resolve(import.meta.dir, '../../ops/admin.ts')]),
          PYTHONPATH: import.meta.dir,
          SCHEMATHESIS_HOOKS: 'sign_in',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
    console.log(out.slice(out.indexOf('API capabilities')))
    expect(err).toBe('')
    expect(await child.exited).toBe(0)
    expect(out).toMatch(/[1-9]\d* generated/)
    // Of an admin who may do nothing, everything is a 403, and nothing was tried.
    const [, refused = '0'] = /Authentication failed: (\d+) operations/.exec(out) ?? []
    expect(Number(refused)).toBeLessThan(MOST_REFUSED)
    expect(api.output()).not.toContain('request failed')
  },
  (LIMIT_S + 300) * 1000,
)

/** The command, installed once into a virtual environment below .data. */
async function schemathesis(): Promise<string> {
  const folder = resolve(import.meta.dir, `../../.data/programs/schemathesis-${VERSION}`)
  await makeOnce(join(folder, 'done'), async (done) => {
    const python = needCommand('python3', 'install Python 3.10 or later, with venv')
    await run([python, '-m', 'venv', folder])
    await run([join(folder, 'bin/pip'), 'install', '-q', `schemathesis==${VERSION}`])
    await Bun.write(done, '')
  })
  return join(folder, 'bin/schemathesis')
}
