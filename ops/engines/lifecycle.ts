/** Brings one engine up or down, and reports its state. Every step may be repeated; a step that is done is not done again. */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../lib/errors.ts'
import { lockFile } from '../../db/engines/embedded/lock-file.ts'
import { withDeadline } from '../../lib/retry.ts'
import type { Engine, Installation } from './engine.ts'
import { cassandra } from './cassandra.ts'
import { kafka } from './kafka.ts'
import { mongodb } from './mongodb.ts'
import { postgresql } from './postgresql.ts'
import { rabbitmq } from './rabbitmq.ts'
import { redis } from './redis.ts'
import { s3 } from './s3.ts'
import { engineProcesses, startEngine, stopEngine } from './processes.ts'
import { changeState, engineVariables, enginesFolder, readState, type EngineState } from './state.ts'

export const ENGINES: readonly Engine[] = [cassandra, kafka, mongodb, postgresql, rabbitmq, redis, s3]

/** Cassandra on a slow disk with two cores that are busy with the others. */
const READY_MS = 300_000
const CHECK_MS = 10_000
const STEP_MS = 250
const LETTING_GO_MS = 5_000
/** Another command may be installing, building and starting it. */
const TURN_MS = 30 * 60_000

export interface EngineStatus {
  engine: string
  state: 'up' | 'starting' | 'down'
  version: string | null
  pid: number | null
  ports: string
}

/** Installs, starts and waits until it serves; calls `say` at each step. Throws an Error with the end of its log. */
export async function bringUp(data_dir: string, engine: Engine, say: (step: string) => void): Promise<void> {
  const folder = join(enginesFolder(data_dir), engine.name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const turn = await lockFile(join(folder, 'turn.lock'), TURN_MS)
  try {
    const programs = join(enginesFolder(data_dir), 'programs')
    const known = (await readState(data_dir))[engine.name]
    const running =
      known && engineProcesses(folder).length > 0 ? await version(engine, { folder, programs, ...known }) : null
    if (running !== null) return say(`is up already (${running})`)
    await stopEngine(engine, folder, known?.pid ?? null)
    const installation: Installation = { folder, programs, ...(await settle(data_dir, engine)) }
    say('is being installed, where it is missing')
    await engine.install(installation)
    say('starts')
    const started = performance.now()
    const child = startEngine(installation, await engine.prepare(installation))
    await remember(data_dir, engine, { pid: child.pid })
    const found = await untilReady(engine, installation, child)
    await remember(data_dir, engine, { version: found, variables: engine.variables(installation) })
    say(`is up (${found}), ready in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  } finally {
    turn.release()
  }
}

/** Brings all of them up and returns the environment variables to use them; throws when one fails. */
export async function startedEngines(data_dir: string): Promise<Record<string, string>> {
  const say = (name: string) => (step: string) => process.stderr.write(`${name} ${step}\n`)
  await Promise.all(ENGINES.map((engine) => bringUp(data_dir, engine, say(engine.name))))
  return engineVariables(data_dir)
}

/** Stops it; its data stays. */
export async function takeDown(data_dir: string, engine: Engine): Promise<void> {
  const folder = join(enginesFolder(data_dir), engine.name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const turn = await lockFile(join(folder, 'turn.lock'), TURN_MS)
  try {
    await stopEngine(engine, folder, (await readState(data_dir))[engine.name]?.pid ?? null)
    await remember(data_dir, engine, { pid: null, variables: null })
  } finally {
    turn.release()
  }
}

export async function engineStatus(data_dir: string, engine: Engine): Promise<EngineStatus> {
  const state = (await readState(data_dir))[engine.name]
  const folder = join(enginesFolder(data_dir), engine.name)
  const ports = Object.values(state?.ports ?? {}).join(', ')
  if (!state || engineProcesses(folder).length === 0)
    return { engine: engine.name, state: 'down', version: state?.version ?? null, pid: null, ports }
  const installation = { folder, programs: join(enginesFolder(data_dir), 'programs'), ...state }
  const found = await version(engine, installation)
  return { engine: engine.name, state: found === null ? 'starting' : 'up', version: found, pid: state.pid, ports }
}

/**
 * Its ports and password: those of last time, unless another program has taken a port meanwhile; at first, free ports near
 * the preferred ones. The engine is not running now.
 */
async function settle(data_dir: string, engine: Engine): Promise<EngineState> {
  const last = (await readState(data_dir))[engine.name]?.ports
  const lost = last && (await areTaken(Object.values(last)))
  const state = await changeState(data_dir, (all) => {
    const known = all[engine.name]
    const others = Object.entries(all).filter(([name]) => name !== engine.name)
    const taken = others.flatMap(([, { ports }]) => Object.values(ports))
    const ports = known && !lost ? known.ports : freePorts(engine, taken)
    const password = known?.password ?? randomBytes(18).toString('hex')
    all[engine.name] = { pid: null, version: null, variables: null, ...known, ports, password }
  })
  return state[engine.name]!
}

function freePorts(engine: Engine, taken: number[]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(engine.ports).map(([use, wanted]) => {
      const port = freePort(wanted, taken)
      taken.push(port)
      return [use, port]
    }),
  )
}

function freePort(wanted: number, taken: number[]): number {
  for (let port = wanted; ; port += 1000)
    if (port > 65_000) throw new Error(`No port is free from ${wanted} on.`)
    else if (!taken.includes(port) && isFree(port)) return port
}

/** A killed process may hold its ports a moment longer than it is listed. */
async function areTaken(ports: number[]): Promise<boolean> {
  for (const deadline = Date.now() + LETTING_GO_MS; ; await Bun.sleep(STEP_MS)) {
    if (!(await Promise.all(ports.map(isListenedOn))).some(Boolean)) return false
    if (Date.now() > deadline) return true
  }
}

/** Whether another program took the port. Connections of a killed engine may keep it from being free for a minute. */
const isListenedOn = (port: number): Promise<boolean> =>
  Bun.connect({ hostname: '127.0.0.1', port, socket: { data() {} } }).then(
    (socket) => (socket.end(), true),
    () => false,
  )

function isFree(port: number): boolean {
  try {
    Bun.listen({ hostname: '127.0.0.1', port, socket: { data() {} } }).stop(true)
    return true
  } catch {
    return false
  }
}

const remember = (data_dir: string, { name }: Engine, facts: Partial<EngineState>) =>
  changeState(data_dir, (all) => all[name] && Object.assign(all[name], facts))

async function untilReady(engine: Engine, installation: Installation, child: Bun.Subprocess): Promise<string> {
  const deadline = Date.now() + READY_MS
  for (;;) {
    let problem = ''
    const found = await version(engine, installation, (thrown) => (problem = messageOf(thrown)))
    if (found !== null) return found
    const ended = child.exitCode ?? child.signalCode
    if (ended !== null || Date.now() > deadline) {
      const said = (await readFile(join(installation.folder, 'log'), 'utf8')).trim().split('\n').slice(-15).join('\n')
      const what = ended === null ? `is not ready after ${READY_MS / 1000} s (${problem})` : `ended with ${ended}`
      throw new Error(`${engine.name} ${what}. The end of ${installation.folder}/log:\n${said}`)
    }
    await Bun.sleep(STEP_MS)
  }
}

/** Its version when it serves, else null. */
async function version(engine: Engine, installation: Installation, onProblem: (thrown: unknown) => void = () => {}) {
  try {
    return await withDeadline(engine.check(installation), CHECK_MS, engine.name)
  } catch (thrown) {
    onProblem(thrown)
    return null
  }
}
