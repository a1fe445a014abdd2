/** What a flood of sign-ins costs everybody else, and whether its time tells who exists. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startProgram, until } from '../kit/program.ts'
import type { Figure } from './main.ts'

const PASSWORD = 'minha gata dorme ao sol'
const SECONDS = 10
const CONNECTIONS = 64
const READS_PER_S = 200
const USERS = 10
/** Fewer than a delay begins at. */
const TRIES = 4

export async function bench(): Promise<Figure[]> {
  const data_dir = await mkdtemp(join(tmpdir(), 'doca-bench-'))
  const port = freePort()
  const program = startProgram('api/main.ts', [], {
    DATA_DIR: data_dir,
    PORT: String(port),
    ADMIN_PASSWORD: PASSWORD,
    LOG_LEVEL: 'info',
    // Not what is measured: it would refuse the flood before a password is looked at.
    RATE_LIMIT_PER_MIN: '10000000',
    RATE_LIMIT_SIGN_IN_PER_MIN: '10000000',
  })
  const base = `http://127.0.0.1:${port}`
  try {
    const token = await until('the first sign-in', () => signIn(base), 60_000, program.output)
    return [...(await flood(base, token)), ...(await times(base, token))]
  } finally {
    program.kill('SIGTERM')
    await program.exited
    await rm(data_dir, { recursive: true, force: true })
  }
}

async function flood(base: string, token: string): Promise<Figure[]> {
  const made = await post(base, '/embalagens', ITEM, token)
  const { id } = (await made.json()) as { id: string }
  const read = () => timed(() => fetch(`${base}/embalagens/${id}`, { headers: bearer(token) }), 200)
  await paced(read, 2)
  const quiet = await paced(read, SECONDS)
  let [stop, answered] = [false, 0]
  const attackers = Array.from({ length: CONNECTIONS }, async (_, i) => {
    for (let n = 0; !stop; n++, answered++) {
      const answer = await post(base, '/login', { username: `nobody ${i} ${n}`, password: 'wrong' })
      await answer.text()
    }
  })
  const flooded = await paced(read, SECONDS)
  stop = true
  await Promise.all(attackers)
  const work = `GET /embalagens/{id}, ${READS_PER_S} a second`
  const during = `the same while ${CONNECTIONS} connections sign in, ${Math.round(answered / SECONDS)} answers a second`
  return [
    row('read p99, quiet', percentile(quiet, 0.99), 'ms', '-', work),
    row('read p50, flood', percentile(flooded, 0.5), 'ms', '-', during),
    row('read p99, flood', percentile(flooded, 0.99), 'ms', '< 50', during),
  ]
}

async function times(base: string, token: string): Promise<Figure[]> {
  // What the flood left waiting goes first.
  await until('a turn', () => signIn(base))
  for (let i = 0; i < USERS; i++)
    await post(base, '/users', { username: `user ${i}`, password: PASSWORD, role: 'viewer' }, token)
  const tryAs = (username: string) => timed(() => post(base, '/login', { username, password: 'wrong' }), 401)
  const [known, unknown]: [number[], number[]] = [[], []]
  for (let n = 0; n < TRIES * USERS; n++) {
    known.push(await tryAs(`user ${n % USERS}`))
    unknown.push(await tryAs(`stranger ${n % USERS}`))
  }
  const work = `median of ${TRIES * USERS}, in turns`
  return [
    row('wrong password', percentile(known, 0.5), 'ms', '-', work),
    row('unknown user', percentile(unknown, 0.5), 'ms', 'the same', work),
  ]
}

const ITEM = { sku: 'B-1', name: 'Caixa', material: 'paper', kind: 'box', unit_cost: '1', currency: 'BRL' }

async function signIn(base: string): Promise<string | undefined> {
  // Not there yet: neither the API nor, a moment later, its first user.
  const answer = await post(base, '/login', { username: 'admin', password: PASSWORD }).catch(() => undefined)
  if (answer?.ok) return ((await answer.json()) as { access_token: string }).access_token
  await Bun.sleep(1000)
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

function post(base: string, path: string, body: unknown, token?: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...(token && bearer(token)) }
  return fetch(base + path, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** Milliseconds to the whole answer, which has to have the status. */
async function timed(ask: () => Promise<Response>, status: number): Promise<number> {
  const started = performance.now()
  const answer = await ask()
  const text = await answer.text()
  if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${text}`)
  return performance.now() - started
}

/** Asks at a steady pace, whether or not the answers keep up. */
async function paced(ask: () => Promise<number>, seconds: number): Promise<number[]> {
  const asked: Promise<number>[] = []
  const started = performance.now()
  for (let elapsed_s = 0; elapsed_s < seconds; elapsed_s = (performance.now() - started) / 1000) {
    while (asked.length < elapsed_s * READS_PER_S) asked.push(ask())
    await Bun.sleep(1)
  }
  return Promise.all(asked)
}

const percentile = (values: number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!

const row = (figure: string, value: number, unit: string, target: string, work: string): Figure => ({
  figure,
  value: Math.round(value * 10) / 10,
  unit,
  target,
  work,
})
