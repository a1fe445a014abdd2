/**
 * `bun run bench outage [--seconds N]`, or `outage/redis`: each engine is stopped for a while under steady load and brought
 * back, then killed with work in flight and started again, while the API, the consumers and the load run on in processes
 * of their own. Ends with 1 when a kill hit nothing in flight, anything acknowledged was lost or counted twice, a
 * program ended, or /health did not name the role.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '../../lib/errors.ts'
import { stopSignal } from '../../lib/shutdown.ts'
import { ENGINES } from '../../ops/engines/lifecycle.ts'
import { freePort, startProgram, until, type Program } from '../kit/program.ts'
import { privateEngine, type PrivateEngine } from '../engines/private-engine.ts'
import type { Count, State } from './outage/child.ts'
import type { LoadName } from './outage/loads.ts'
import { untilDegraded, watchCost, type Watched } from './outage/watch.ts'

/** Engine → the role as /health names it, and the load that needs it. */
const SCENARIOS: Record<string, { role: string; load: LoadName }> = {
  redis: { role: 'cache', load: 'cache' },
  rabbitmq: { role: 'queue', load: 'queue' },
  kafka: { role: 'stream', load: 'events' },
  cassandra: { role: 'history', load: 'events' },
  mongodb: { role: 'journal', load: 'journal' },
  s3: { role: 'objects', load: 'objects' },
  postgresql: { role: 'database', load: 'events' },
}

export const parts = Object.keys(SCENARIOS)
export const SECONDS = 60

const LOAD_BEFORE_MS = 3_000
/** The engine's own start included. */
const RESUME_WITHIN_MS = 90_000
const DEGRADED_WITHIN_S = 20
const PASSWORD = 'correct horse battery staple'

interface Row {
  engine: string
  what: string
  in_flight: number
  degraded_s: number | null
  resumed_s: number | null
  /** Of each process: while the engine was stopped, or from its death until work went on. */
  cost: string
}

/** Returns the table; problems go to stderr and set the exit code. */
export async function bench(part: string | undefined, seconds = 60): Promise<object[]> {
  const rows: object[] = []
  // What was started ends with it.
  let stopping = false
  const interrupted = stopSignal().then(() => (stopping = true))
  for (const name of parts.filter((one) => part === undefined || one === part)) {
    if (stopping) break
    process.stderr.write(`${name} …\n`)
    const { found, problems } = await scenario(name, seconds, interrupted).catch((err: unknown) => ({
      found: [],
      problems: [messageOf(err)],
    }))
    rows.push(...found)
    for (const problem of problems) process.stderr.write(`PROBLEM  ${name}: ${problem}\n`)
    if (problems.length > 0) process.exitCode = 1
  }
  return rows
}

async function scenario(
  name: string,
  seconds: number,
  interrupted: Promise<unknown>,
): Promise<{ found: object[]; problems: string[] }> {
  const { role, load } = SCENARIOS[name]!
  const engine = await privateEngine(ENGINES.find((one) => one.name === name)!)
  const data_dir = await mkdtemp(join(tmpdir(), 'doca-outage-'))
  const port = freePort()
  const api = `http://127.0.0.1:${port}`
  const programs: Array<Watched & { program: Program }> = []
  const problems: string[] = []
  let child: RunningLoad | undefined
  try {
    return await Promise.race([interrupted.then(() => ({ found: [], problems: ['interrupted'] })), endure()])
  } finally {
    // Told first: the last of them stops the embedded PostgreSQL.
    for (const { program } of programs) program.kill('SIGTERM')
    await Promise.race([Promise.all(programs.map(({ program }) => program.exited)), Bun.sleep(10_000)])
    for (const { program } of programs) program.kill('SIGKILL')
    child?.kill()
    await engine.remove()
    await rm(data_dir, { recursive: true, force: true })
  }

  async function endure() {
    const env = {
      ...(await engine.up()),
      DATA_DIR: data_dir,
      PORT: String(port),
      ADMIN_PASSWORD: PASSWORD,
      PASSWORD_ROUNDS: '10',
      RATE_LIMIT_PER_MIN: '10000000',
      RATE_LIMIT_ANONYMOUS_PER_MIN: '10000000',
      LOG_LEVEL: 'warn',
      OUTAGE_API: api,
    }
    const start = (label: string, file: string) => {
      const program = startProgram(file, [], env)
      programs.push({ name: label, pid: program.pid, program })
      void program.exited.then((code) => stopping || problems.push(`${label} ended with ${code}:\n${end(program)}`))
    }
    let stopping = false
    start('api', 'api/main.ts')
    await until(
      'the API',
      () =>
        fetch(`${api}/health/live`).then(
          ({ ok }) => ok,
          () => false,
        ),
      60_000,
      programs[0]!.program.output,
    )
    start('consumers', 'consumers/main.ts')
    child = startLoad(load, env)
    const running = child
    const watched = [...programs, { name: 'load', pid: running.pid }]
    await until(
      'the load',
      () => running.state.acknowledged > 20,
      60_000,
      () => running.state.last_problem,
    )

    const outages = [
      ['stopped', () => engine.down(), seconds],
      ['kill -9', () => engine.kill(() => running.state.in_flight > 0), 0],
    ] as const
    const rows: Row[] = []
    for (const [what, end, away_s] of outages)
      rows.push(await outage({ name, what, away_s, role, api, child: running, watched, engine, end }, problems))
    const count = await running.count()
    if (count.lost > 0)
      problems.push(`${count.lost} of ${count.acknowledged} acknowledged are lost (${running.state.last_problem})`)
    if (count.doubled > 0) problems.push(`${count.doubled} are there more than once`)
    stopping = true
    for (const { program } of programs) program.kill('SIGTERM')
    for (const { name: label, program } of programs) {
      const code = await Promise.race([program.exited, Bun.sleep(45_000).then(() => 'nothing')])
      if (code !== 0) problems.push(`${label}, told to stop, ended with ${code}:\n${end(program)}`)
    }
    return { found: rows.map((row) => ({ ...row, ...count })), problems }
  }
}

interface Case {
  name: string
  what: string
  away_s: number
  role: string
  api: string
  child: RunningLoad
  watched: Watched[]
  engine: PrivateEngine
  end: () => Promise<void>
}

async function outage(one: Case, problems: string[]): Promise<Row> {
  const { name, what, away_s, role, api, child, watched, engine } = one
  await Bun.sleep(LOAD_BEFORE_MS)
  const cost = await watchCost(watched)
  const ended = one.end()
  // The moment of a kill is decided in there.
  let in_flight = child.state.in_flight
  if (what === 'kill -9') {
    await ended
    in_flight = Math.max(in_flight, child.state.in_flight)
    if (in_flight === 0) problems.push('the kill hit nothing in flight')
  }
  process.stderr.write(`${name} ${what}, ${in_flight} in flight\n`)
  let degraded_s: number | null = null
  if (away_s > 0) {
    const away = Bun.sleep(away_s * 1000)
    degraded_s = await untilDegraded(api, role, Math.min(away_s, DEGRADED_WITHIN_S))
    if (degraded_s === null) problems.push(`/health did not say that ${role} is away`)
    await Promise.all([ended, away])
  }
  // What was under way when it went has been told by then.
  await Bun.sleep(1000)
  const stopped_cost = away_s > 0 ? await cost() : ''
  const before = child.state.done
  const returned = engine.up().then(() => performance.now())
  const resumed = until('work to go on', () => child.state.done > before && performance.now(), RESUME_WITHIN_MS)
  const went_on = resumed.catch(() => null)
  const returned_at = await returned
  const resumed_at = await went_on
  if (resumed_at === null) problems.push(`after it was ${what}, work did not go on: ${child.state.last_problem}`)
  const resumed_s = resumed_at === null ? null : Math.round(Math.max(0, resumed_at - returned_at) / 100) / 10
  return {
    engine: name,
    what: away_s > 0 ? `${what} ${away_s} s` : what,
    in_flight,
    degraded_s,
    resumed_s,
    cost: stopped_cost || (await cost()),
  }
}

interface RunningLoad {
  pid: number
  state: State
  count(): Promise<Count>
  kill(): void
}

function startLoad(load: LoadName, env: Record<string, string>): RunningLoad {
  const counted = Promise.withResolvers<Count>()
  const running: RunningLoad = {
    pid: 0,
    state: { acknowledged: 0, in_flight: 0, done: 0, last_problem: '' },
    count() {
      child.send('count')
      return counted.promise
    },
    kill: () => child.kill('SIGKILL'),
  }
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'outage/child.ts'), load], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
    ipc(message: State | Count) {
      if ('lost' in message) counted.resolve(message)
      else running.state = message
    },
  })
  void child.exited.then((code) => counted.reject(new Error(`the load ended with ${code}`)))
  counted.promise.catch(() => {})
  running.pid = child.pid
  return running
}

const end = (program: Program) => program.output().trim().split('\n').slice(-8).join('\n')
