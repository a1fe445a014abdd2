/** What the worst bodies within their limits cost everybody else: each on every route, posted one after the other. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signInAsAdmin, startApi } from '../kit/api-program.ts'
import { routesWithBodies } from '../kit/worst-bodies.ts'
import type { Figure } from './main.ts'

const READS_PER_S = 100
const QUIET_S = 10

export async function bench(): Promise<Figure[]> {
  const data_dir = await mkdtemp(join(tmpdir(), 'doca-bench-'))
  const api = await startApi({ DATA_DIR: data_dir, ...NO_RATE_LIMITS })
  try {
    const token = await signInAsAdmin(api.url)
    const headers = { authorization: `Bearer ${token}` }
    const read = () => timed(`${api.url}/me`, headers)
    await paced(read, Bun.sleep(2000))
    const quiet = await paced(read, Bun.sleep(QUIET_S * 1000))
    const poster = new Worker(import.meta.url)
    const posted = new Promise<number>((resolve, reject) => {
      poster.onmessage = ({ data }: MessageEvent<number>) => resolve(data)
      poster.onerror = ({ message }) => reject(new Error(message))
    })
    poster.postMessage({ url: api.url, token } satisfies Task)
    const busy = await paced(read, posted)
    poster.terminate()
    const work = `GET /me, ${READS_PER_S} a second`
    const during = `the same while ${await posted} bodies are posted, one after the other`
    const [without, with_bodies] = [percentile(quiet, 0.99), percentile(busy, 0.99)]
    return [
      row('read p99, quiet', without, '-', work),
      row('read p99, worst bodies', with_bodies, '-', during),
      row('read p99, longer by', with_bodies - without, '<= 50', during),
      row('read, longest', Math.max(...busy), '-', during),
    ]
  } finally {
    api.kill('SIGTERM')
    await api.exited
    await rm(data_dir, { recursive: true, force: true })
  }
}

/** Not what is measured: it would refuse most bodies before they are read. */
const NO_RATE_LIMITS = {
  RATE_LIMIT_PER_MIN: '10000000',
  RATE_LIMIT_SIGN_IN_PER_MIN: '10000000',
  RATE_LIMIT_REFRESH_PER_MIN: '10000000',
}

interface Task {
  url: string
  token: string
}

// In a thread of its own: making the bodies must not delay the reads.
if (!Bun.isMainThread)
  addEventListener('message', (event) => {
    void postAll((event as MessageEvent<Task>).data).then((posted) => postMessage(posted))
  })

async function postAll({ url, token }: Task): Promise<number> {
  const document = (await (await fetch(`${url}/docs/json`)).json()) as object
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  let posted = 0
  for (const { method, path, bodies } of routesWithBodies(document))
    for (const body of Object.values(bodies())) {
      const target = path.replace('{id}', crypto.randomUUID()).replace('{name}', 'nowhere')
      await (await fetch(url + target, { method, headers, body })).arrayBuffer()
      posted++
    }
  return posted
}

async function timed(url: string, headers: Record<string, string>): Promise<number> {
  const started = performance.now()
  const answer = await fetch(url, { headers })
  await answer.arrayBuffer()
  if (answer.status !== 200) throw new Error(`${answer.status} instead of 200`)
  return performance.now() - started
}

/** Asks at a steady pace until `end`, whether or not the answers keep up. */
async function paced(ask: () => Promise<number>, end: Promise<unknown>): Promise<number[]> {
  let ended = false
  void end.finally(() => (ended = true))
  const asked: Promise<number>[] = []
  for (const started = performance.now(); !ended; await Bun.sleep(1))
    while (asked.length < ((performance.now() - started) / 1000) * READS_PER_S) asked.push(ask())
  return Promise.all(asked)
}

const percentile = (values: number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!

const row = (figure: string, value: number, target: string, work: string): Figure => ({
  figure,
  value: Math.round(value * 10) / 10,
  unit: 'ms',
  target,
  work,
})
