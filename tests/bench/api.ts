/**
 * The API under wrk, two processes on one port, beside a bare Bun.serve and postgres.js program that does the same work
 * (bare-api.ts), and beside the same API in Python where its folder is there (api-peer.ts), in turns in one run:
 * `bun run bench api`. Needs wrk. Logs are off on all sides.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { readDbConfig } from '../../db/engines/config.ts'
import { connect, type Db } from '../../db/engines/connect.ts'
import { hashPassword } from '../../db/users/passwords/hash.ts'
import { insertUser } from '../../db/users/users.ts'
import { envReader } from '../../lib/env.ts'
import { freePort, startProgram, until, type Program } from '../kit/program.ts'
import { apiPeerFolder, startPeer } from './api-peer.ts'
import type { Figure } from './main.ts'
import { inRounds, perSecond } from './roles/timing.ts'

const ITEMS = 10_000
const PROCESSES = 2
const CONNECTIONS = 32
const SECONDS = 3
const ROUNDS = 3
const PASSWORD = 'a password for benchmarks'
const JWT_SECRET = 'a secret that only this benchmark knows, long enough'

const MODES = {
  live: 'GET /health/live, no database',
  read: 'GET /embalagens/{id}, one of 10,000: token, session, rate limit, the row',
  page: 'GET /embalagens?limit=50, one of the first 20 pages: token, session, rate limit, the page; ours by its epoch from memory, bare from the table',
  create: 'POST /embalagens: token, session, rate limit, validation, the row',
} as const
type Mode = keyof typeof MODES

/** What the peer's own load calls it, and how many times as fast ours is to be. */
const BESIDE_PEER: Record<Mode, { name: string; target: string; work: string }> = {
  live: { name: 'ping', target: 'ratio >= 5', work: 'no database' },
  read: { name: 'get_one', target: 'ratio >= 10', work: 'one of 10,000 by id; its user comes from the token alone' },
  page: { name: 'list50', target: 'ratio >= 10', work: 'one of the first 20 pages of 50' },
  create: { name: 'create', target: 'ratio >= 6', work: 'validation, the row' },
}
const PEER_ROUNDS = 5
const PAGES = 20

export async function bench(): Promise<Figure[]> {
  if (!Bun.which('wrk')) throw new Error('wrk is missing; install it (on Debian: apt-get install wrk).')
  const data_dir = await mkdtemp(join(tmpdir(), 'doca-bench-'))
  const db = await connect(readDbConfig(envReader({ DATA_DIR: data_dir })), pino({ level: 'silent' }), ['sql'])
  const started: Program[] = []
  try {
    const DATABASE_URL = urlOf(db)
    const ids = join(data_dir, 'ids')
    await Bun.write(ids, await makeItems(db))
    const password_hash = await hashPassword(PASSWORD, 10)
    await insertUser(db.sql, { username: 'bench', password_hash, role: 'operator' })

    const [ours, bare] = [freePort(), freePort()]
    const shared = { DATABASE_URL, JWT_SECRET, DATA_DIR: data_dir }
    const limits = { RATE_LIMIT_PER_MIN: '10000000', RATE_LIMIT_ANONYMOUS_PER_MIN: '10000000' }
    const settings = {
      ...shared,
      ...limits,
      PORT: String(ours),
      PASSWORD_ROUNDS: '10',
      LOG_LEVEL: 'warn',
      SHARE_PORT: 'true',
    }
    const begun_at = performance.now()
    started.push(startProgram('api/main.ts', [], settings))
    await until('the API', () => answers(ours), 30_000, started[0]!.output)
    const start_ms = performance.now() - begun_at
    started.push(startProgram('api/main.ts', [], settings))
    for (let n = 0; n < PROCESSES; n++)
      started.push(startProgram('tests/bench/bare-api.ts', [], { ...shared, POOL: '4', PORT: String(bare) }))
    await until(
      'all',
      async () => (await answers(ours)) && started.slice(2).every(({ output }) => output().includes('ready')),
      30_000,
    )

    const token = await signIn(ours)
    const cursors = join(data_dir, 'cursors')
    await Bun.write(cursors, await firstCursors(ours, token))
    let round = 0
    const load = (mode: Mode, port: number, connections = CONNECTIONS, seconds = SECONDS, env = {}) =>
      wrk(port, {
        connections,
        seconds,
        env: { MODE: mode, TOKEN: token, IDS: ids, CURSORS: cursors, ROUND: String(round++), ...env },
      })
    const figures: Figure[] = []
    for (const mode of Object.keys(MODES) as Mode[]) {
      const rounds = await inRounds(
        async () => (await load(mode, ours)).per_second,
        async () => (await load(mode, bare)).per_second,
        ROUNDS,
      )
      figures.push(perSecond(`api: ${mode}`, rounds, 'ratio >= 0.7', MODES[mode]))
    }
    const compressed = await inRounds(
      async () => (await load('page', ours, CONNECTIONS, SECONDS, { ACCEPT_ENCODING: 'gzip, zstd' })).per_second,
      async () => (await load('page', ours)).per_second,
      ROUNDS,
    )
    const half = await load('read', ours, Math.round(CONNECTIONS / 8), 2 * SECONDS)
    return [
      ...figures,
      perSecond('api: page, compressed', compressed, 'ratio >= 0.95', 'the page in zstd, in the column bare as it is'),
      ...(await besidePeer(db, DATABASE_URL, async (mode) => (await load(mode, ours)).per_second)),
      {
        figure: 'api: read, p99 with a few connections',
        value: half.p99_ms,
        unit: 'ms',
        target: '<= 10',
        work: 'GET /embalagens/{id}, 4 connections',
      },
      {
        figure: 'api: start-up',
        value: Math.round(start_ms),
        unit: 'ms',
        target: '<= 1500',
        work: 'bun api/main.ts until it answers, on a running, migrated PostgreSQL',
      },
    ]
  } finally {
    for (const program of started) program.kill('SIGKILL')
    await Promise.all(started.map(({ exited }) => exited))
    await db.close()
    await rm(data_dir, { recursive: true })
  }
}

/** Python's side is in the column of the bare program; nothing where there is no such folder. */
async function besidePeer({ sql }: Db<'sql'>, url: string, ours: (mode: Mode) => Promise<number>): Promise<Figure[]> {
  const folder = apiPeerFolder()
  if (!folder) return []
  const peer = await startPeer(folder, sql, url, ITEMS)
  const script = join(folder, 'bench.lua')
  const theirs = async (name: string, port: number) => {
    const env = { MODE: name, TOKEN: peer.token, ROWS: String(ITEMS), LABEL: name }
    const said = await runWrk(port, { connections: CONNECTIONS, seconds: SECONDS, env, script })
    const valueOf = (what: string) => said.find(({ figure }) => figure === `${name}_${what}`)!.value
    if (valueOf('errors') > 0) throw new Error(`The peer answered with errors: ${name}.`)
    return valueOf('rps')
  }
  try {
    const figures: Figure[] = []
    for (const [mode, { name, target, work }] of Object.entries(BESIDE_PEER) as Array<
      [Mode, (typeof BESIDE_PEER)[Mode]]
    >) {
      const rounds = await inRounds(
        () => ours(mode),
        () => theirs(name, peer.port),
        PEER_ROUNDS,
      )
      figures.push(perSecond(`api: ${mode}, beside Python`, rounds, target, `FastAPI in the column bare: ${work}`))
    }
    const cached = await inRounds(
      () => ours('page'),
      () => theirs('list50', peer.cached_port),
      PEER_ROUNDS,
    )
    const work = 'FastAPI in the column bare, its lists cached in Redis: one of the first 20 pages of 50'
    return [...figures, perSecond('api: page, beside Python with Redis', cached, '-', work)]
  } finally {
    await peer.stop()
  }
}

/** What follows `limit=50` for the first pages, a line each. */
async function firstCursors(port: number, token: string): Promise<string> {
  const lines = ['']
  while (lines.length < PAGES) {
    const url = `http://127.0.0.1:${port}/embalagens?limit=50${lines.at(-1)}`
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
    lines.push(`&cursor=${((await answer.json()) as { next_cursor: string }).next_cursor}`)
  }
  return `${lines.join('\n')}\n`
}

async function makeItems({ sql }: Db<'sql'>): Promise<string> {
  const rows = await sql<{ id: string }[]>`
    insert into packaging (id, sku, name, material, kind, unit_cost, currency, supplier, tags)
    select gen_random_uuid(), 'sku-' || n, 'Caixa de papelão ' || n, 'paper', 'box', 1.5, 'BRL', 'Fornecedor ' || n % 20,
      array['a', 'b']
    from generate_series(1, ${ITEMS}::int) n returning id`
  await sql`vacuum analyze packaging`
  return `${rows.map(({ id }) => id).join('\n')}\n`
}

/** The embedded server's URL, which programs of the same data folder would find by themselves. */
function urlOf({ sql }: Db<'sql'>): string {
  const { user, pass, host, port, database } = sql.options as unknown as Record<string, string & string[]>
  return `postgres://${user}:${pass}@${host![0]}:${port![0]}/${database}`
}

const answers = (port: number) =>
  fetch(`http://127.0.0.1:${port}/health/live`).then(
    ({ ok }) => ok,
    () => false,
  )

async function signIn(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'bench', password: PASSWORD }),
  })
  return ((await answer.json()) as { access_token: string }).access_token
}

interface Load {
  per_second: number
  p99_ms: number
  errors: number
}

interface Loading {
  connections: number
  seconds: number
  env: Record<string, string>
}

async function wrk(port: number, loading: Loading): Promise<Load> {
  const said = await runWrk(port, { ...loading, script: join(import.meta.dir, 'api.lua') })
  const load = said.at(-1) as unknown as Load
  if (load.errors > 0) throw new Error(`${load.errors} answers were errors: ${loading.env.MODE} on ${port}.`)
  return load
}

/** The lines of JSON that the script ends with. */
async function runWrk(port: number, { connections, seconds, env, script }: Loading & { script: string }) {
  const words = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script]
  const child = Bun.spawn(['wrk', ...words, `http://127.0.0.1:${port}`], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = (await new Response(child.stdout).text()).split('\n').filter((line) => line.startsWith('{'))
  return lines.map((line) => JSON.parse(line) as { figure: string; value: number })
}
