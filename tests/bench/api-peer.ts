/**
 * The packaging API as a team would write it in Python today (../shared/peers/api: FastAPI, SQLAlchemy, uvicorn), on our
 * PostgreSQL server with a Redis of its own, so that both sides can be loaded in turns.
 */
import type { Sql } from 'postgres'
import { freePort, until } from '../kit/program.ts'
import { peerEnvironment, peerFolder } from './peers.ts'

/** Undefined where there is none, or no Redis for it. */
export const apiPeerFolder = () => (Bun.which('redis-server') ? peerFolder('api') : undefined)

export interface Peer {
  port: number
  /** The same with its lists cached in Redis. */
  cached_port: number
  token: string
  stop(): Promise<void>
}

const INSTALL_MS = 300_000

/** Two workers each, with `rows` rows. */
export async function startPeer(folder: string, sql: Sql, url: string, rows: number): Promise<Peer> {
  const redis_port = String(freePort())
  const env = {
    ...(await peerEnvironment(sql, url)),
    REDIS_URL: `redis://127.0.0.1:${redis_port}/0`,
    PBKDF2_ROUNDS: '10',
    WORKERS: '2',
  }
  const options = { cwd: folder, stdout: 'ignore', stderr: 'inherit' } as const
  const redis = Bun.spawn(['redis-server', '--bind', '127.0.0.1', '--port', redis_port, '--save', ''], options)
  const serve = (API_PORT: string, CACHE: string) =>
    Bun.spawn(['bash', 'serve.sh'], { ...options, env: { ...env, API_PORT, CACHE } })
  const [port, cached_port] = [freePort(), freePort()]
  const started: Bun.Subprocess[] = []
  const stop = async () => {
    for (const child of started) child.kill('SIGTERM')
    await Promise.all(started.map(({ exited }) => exited))
    redis.kill()
    await redis.exited
  }
  try {
    const seed = `. ../common.sh; venv api requirements.txt; "$PY" seed.py ${rows}`
    const seeded = await Bun.spawn(['bash', '-euc', seed], { ...options, env }).exited
    if (seeded !== 0) throw new Error(`the peer's rows could not be made (exit ${seeded})`)
    started.push(serve(String(port), '0'), serve(String(cached_port), '1'))
    for (const each of [port, cached_port]) await until('the peer', () => signIn(each), INSTALL_MS)
    return { port, cached_port, token: (await signIn(port)) as string, stop }
  } catch (err) {
    await stop()
    throw err
  }
}

async function signIn(port: number): Promise<string | false> {
  const answer = await fetch(`http://127.0.0.1:${port}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: 'admin' }),
  }).catch(() => undefined)
  return answer?.ok ? ((await answer.json()) as { access_token: string }).access_token : false
}
