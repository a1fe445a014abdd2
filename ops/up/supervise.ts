/**
 * Keeps one program running: starts it, notices when it is ready, and starts it again with a backoff when it ends by itself.
 * A program that ends before it was ever ready is not started again: its message tells what to correct.
 */
import { EXIT } from '../../lib/program.ts'

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
}

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
  const { name, command, env } = options
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>()
  let child: Bun.Subprocess
  let stopping = false
  let everReady = false
  let delay_ms = FIRST_DELAY_MS
  let timer: ReturnType<typeof setTimeout> | undefined

  function start(): void {
    const started = Date.now()
    child = Bun.spawn(command, {
      env,
      stdin: 'ignore',
      stdout: options.onLine ? 'pipe' : 'inherit',
      stderr: 'inherit',
      // A group of its own: Ctrl-C at the terminal reaches only us, and we stop the programs in order.
      detached: true,
      ipc(message: Record<string, unknown>) {
        if (!message.ready) return options.onMessage(message)
        everReady = true
        resolve()
      },
      onExit(_, code, signal) {
        if (stopping) return
        if (!everReady) return reject(new ProgramFailed(name, code ?? EXIT.failed))
        if (Date.now() - started > HEALTHY_MS) delay_ms = FIRST_DELAY_MS
        options.onRestart(name, signal ? `was ended by signal ${signal}` : `ended with code ${code}`, delay_ms)
        timer = setTimeout(start, delay_ms)
        delay_ms = Math.min(delay_ms * 2, MAX_DELAY_MS)
      },
    })
    if (options.onLine) void eachLine(child.stdout as ReadableStream<Uint8Array>, options.onLine)
  }
  start()

  return {
    name,
    ready,
    async stop(deadline_ms) {
      stopping = true
      clearTimeout(timer)
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), deadline_ms)
      await child.exited
      clearTimeout(late)
      return child.signalCode === 'SIGKILL'
    },
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
