/**
 * Keeps one program running: starts it, notices when it is ready, and starts it again with a backoff when it ends by itself.
 * A program that ends before it was ever ready is not started again: its message tells what to correct. One whose heartbeats
 * stop is killed, and so started again.
 *
 * A program is starting (until it was ready once), running, waiting to be started again, or stopping.
 */
import { readFileSync } from 'node:fs'
import { EXIT, HEARTBEAT_MS } from '../../lib/program.ts'

export interface Supervised {
  name: string
  /** Resolves at the first `ready`; rejects with ProgramFailed when it ends before that. */
  ready: Promise<void>
  /** SIGTERM, and SIGKILL after `deadline_ms`; resolves once it has ended, with true when it had to be killed. */
  stop(deadline_ms: number): Promise<boolean>
}

export interface SuperviseOptions {
  name: string
  command: string[]
  env: Record<string, string | undefined>
  /** Gets stdout line by line; unset: stdout is passed on as it is. stderr always is. */
  onLine: ((line: string) => void) | undefined
  onMessage: (message: Record<string, unknown>) => void
  onRestart: (name: string, how: string, delay_ms: number) => void
  /** After so long without a heartbeat a program is killed. */
  limits?: FrozenLimits
}

interface FrozenLimits {
  /** One that the system has stopped (SIGSTOP). */
  stopped_ms: number
  /** One whose event loop does not turn: a job may compute for a while. */
  blocked_ms: number
}

const FROZEN: FrozenLimits = { stopped_ms: 20_000, blocked_ms: 120_000 }

export class ProgramFailed extends Error {
  constructor(
    readonly program: string,
    readonly code: number,
  ) {
    super(`${program} ended with code ${code} before it was ready`)
  }
}

const FIRST_DELAY_MS = 200
const MAX_DELAY_MS = 10_000
/** A program that ran this long is started again with the first delay. */
const HEALTHY_MS = 30_000

export function supervise(options: SuperviseOptions): Supervised {
  const program = new SupervisedProgram(options)
  program.start()
  return program
}

class SupervisedProgram implements Supervised {
  readonly name: string
  readonly ready: Promise<void>
  #options: SuperviseOptions
  #readiness = Promise.withResolvers<void>()
  #state: 'starting' | 'running' | 'waiting' | 'stopping' = 'starting'
  #child: Bun.Subprocess | undefined
  #delay_ms = FIRST_DELAY_MS
  #timer: ReturnType<typeof setTimeout> | undefined
  #watch: ReturnType<typeof setInterval> | undefined
  /** performance.now() of its last heartbeat. */
  #beat_at = 0
  #frozen = false

  constructor(options: SuperviseOptions) {
    this.name = options.name
    this.ready = this.#readiness.promise
    this.#options = options
  }

  start(): void {
    const { command, env, onLine } = this.#options
    const started_at = performance.now()
    this.#child = Bun.spawn(command, {
      env,
      stdin: 'ignore',
      stdout: onLine ? 'pipe' : 'inherit',
      stderr: 'inherit',
      // A group of its own: Ctrl-C at the terminal reaches only us, and we stop the programs in order.
      detached: true,
      ipc: (message: Record<string, unknown>) => this.#onMessage(message),
      onExit: (_, code, signal) => this.#onExit(code, signal, performance.now() - started_at),
    })
    if (onLine) void eachLine(this.#child.stdout as ReadableStream<Uint8Array>, onLine)
  }

  async stop(deadline_ms: number): Promise<boolean> {
    this.#state = 'stopping'
    clearTimeout(this.#timer)
    const child = this.#child!
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), deadline_ms)
    await child.exited
    clearTimeout(late)
    return child.signalCode === 'SIGKILL'
  }

  #onMessage(message: Record<string, unknown>): void {
    if (message.beat) this.#onBeat()
    else if (message.ready) this.#onReady()
    else this.#options.onMessage(message)
  }

  #onBeat(): void {
    this.#beat_at = performance.now()
    this.#watch ??= this.#watchBeats(this.#child!)
  }

  /** Time in which this process itself did not turn, as on a laptop that slept, does not count. */
  #watchBeats(child: Bun.Subprocess) {
    const { stopped_ms, blocked_ms } = this.#options.limits ?? FROZEN
    const every_ms = Math.min(HEARTBEAT_MS, stopped_ms) / 5
    let looked_at = performance.now()
    return setInterval(() => {
      const now = performance.now()
      const late_ms = now - looked_at - every_ms
      looked_at = now
      if (late_ms > every_ms) this.#beat_at += late_ms
      const still_ms = now - this.#beat_at
      this.#frozen = still_ms > blocked_ms || (still_ms > stopped_ms && isStopped(child.pid))
      if (this.#frozen) child.kill('SIGKILL')
    }, every_ms)
  }

  #restart(): void {
    this.#state = 'running'
    this.start()
  }

  #onReady(): void {
    if (this.#state === 'starting') this.#state = 'running'
    this.#readiness.resolve()
  }

  #onExit(code: number | null, signal: unknown, lived_ms: number): void {
    clearInterval(this.#watch)
    this.#watch = undefined
    if (this.#state === 'stopping') return
    if (this.#state === 'starting') return this.#readiness.reject(new ProgramFailed(this.name, code ?? EXIT.failed))
    if (lived_ms > HEALTHY_MS) this.#delay_ms = FIRST_DELAY_MS
    const how = this.#frozen
      ? 'was frozen, and is killed'
      : signal
        ? `was ended by signal ${String(signal)}`
        : `ended with code ${code}`
    this.#options.onRestart(this.name, how, this.#delay_ms)
    this.#state = 'waiting'
    this.#timer = setTimeout(() => this.#restart(), this.#delay_ms)
    this.#delay_ms = Math.min(this.#delay_ms * 2, MAX_DELAY_MS)
  }
}

/** Linux tells; elsewhere a stopped program is one that does not turn. */
function isStopped(pid: number): boolean {
  try {
    return /^\d+ \(.*\) T/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

async function eachLine(stream: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const part of stream as unknown as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(part, { stream: true })).split('\n')
    rest = lines.pop()!
    lines.forEach(onLine)
  }
  if (rest) onLine(rest)
}
