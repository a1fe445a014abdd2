/**
 * Runs an attempt in a process of its own, which really ends: at its timeout, beyond its memory, when it is cancelled,
 * when the run went to another worker, and when this worker dies, also by kill -9 and while the job keeps its processor
 * busy. With it ends whatever it has started and left in its process group, also after a success.
 *
 * How, when this worker dies: beside the job a shell waits for the end of a pipe that only this worker holds open, and
 * then kills the group (Linux and macOS). What the job started in a group of its own is ended through Bun's
 * --no-orphans, as long as the job itself started it. Only what such a process started in turn, in yet another session,
 * lives on.
 */
import { constants } from 'node:os'
import { join } from 'node:path'
import type { JSONValue } from 'postgres'
import type { ClaimedRun } from '../../db/jobs/run-claims.ts'
import { messageOf } from '../../lib/errors.ts'
import type { JobsConfig } from '../config.ts'
import type { FromAttempt, Question, ToAttempt } from './isolated/messages.ts'
import type { Job } from '../job.ts'
import { watchMemory } from '../../lib/child/memory.ts'
import { outcomeOfThrown, type Outcome } from './outcome.ts'
import { readPrinted } from './printed.ts'
import type { OpenRunLog } from './run-log.ts'
import type { StepBooks } from './steps.ts'

export interface IsolatedTools {
  /** Of the job. */
  file: string
  config: JobsConfig
  books: StepBooks
  runLog: OpenRunLog
  signal: AbortSignal
  /** How long the job may take to react to its signal. */
  grace_ms: number
}

const PROGRAM = join(import.meta.dir, 'isolated/main.ts')
/** Reads from 9 the pipe that ends with the worker. $$ is the job's process, and its group. */
const WITH_LIFELINE = 'exec 9<&0 </dev/null; (read _ <&9; kill -s KILL -- -$$) >/dev/null 2>&1 3>&- & exec "$@" 9<&-'
/** What was said before the end is in the pipes then; who has left the group may hold them open. */
const LAST_WORDS_MS = 1000

export async function runIsolated(job: Job, run: ClaimedRun, tools: IsolatedTools): Promise<Outcome> {
  const { config, file, runLog, signal, grace_ms } = tools
  signal.throwIfAborted()
  const heard = Promise.withResolvers<void>()
  let ended: Outcome | undefined
  let outgrown: string | undefined
  const command = [process.execPath, '--no-orphans', '--no-env-file', PROGRAM, file]
  const child = Bun.spawn(['sh', '-c', WITH_LIFELINE, 'sh', ...command], {
    // The last is this program's own log, for what the roles have to say in there.
    stdio: ['pipe', 'pipe', 'pipe', 1],
    detached: true,
    serialization: 'json',
    ipc: (message: FromAttempt) => void receive(message),
    onDisconnect: heard.resolve,
  })
  const printed = [readPrinted(child.stdout, 'info', runLog.take), readPrinted(child.stderr, 'warn', runLog.take)]
  const kill = () => killGroup(child.pid)
  const onAbort = () => {
    send({ kind: 'abort', sentence: messageOf(signal.reason) })
    grace = setTimeout(() => {
      runLog.note('warn', `Killed: it did not end within ${grace_ms / 1000} s after its signal.`)
      kill()
    }, grace_ms)
  }
  const unwatch = watchMemory(child.pid, job.memory_mb, (mb) => {
    outgrown = `It took ${mb} MiB of memory, more than its memory_mb of ${job.memory_mb}; it was killed.`
    kill()
  })
  let grace: ReturnType<typeof setTimeout> | undefined
  signal.addEventListener('abort', onAbort, { once: true })
  const { id: run_id, attempt, slot, conf } = run
  send({ kind: 'start', order: { job: job.name, run_id, attempt, slot: slot?.toISOString() ?? null, conf, config } })

  const code = await child.exited
  clearTimeout(grace)
  unwatch()
  signal.removeEventListener('abort', onAbort)
  // Those it started, and the shell that watches.
  kill()
  await Promise.race([Promise.all([...printed, heard.promise]), Bun.sleep(LAST_WORDS_MS)])
  if (ended) return ended
  if (outgrown) return { error: outgrown }
  return signal.aborted ? outcomeOfThrown(signal.reason) : { error: howItDied(code) }

  function send(message: ToAttempt): void {
    try {
      child.send(message)
    } catch {
      // It has ended just now; how is what counts, and is about to be told.
    }
  }

  async function receive(message: FromAttempt): Promise<void> {
    switch (message.kind) {
      case 'line':
        return runLog.take(message.line)
      case 'dropped':
        return runLog.dropped(message.count)
      case 'ask':
        return send({ kind: 'answer', id: message.id, ...(await answer(tools.books, message.question)) })
      case 'ended':
        ended = message.outcome
        // It has nothing left to do, but may have left timers and processes behind.
        kill()
    }
  }
}

async function answer(books: StepBooks, question: Question): Promise<{ value?: JSONValue } | { problem: string }> {
  try {
    const value =
      'read_step' in question
        ? await books.read(question.read_step)
        : await books.save(question.save_step, question.result)
    return value === undefined ? {} : { value: value as JSONValue }
  } catch (thrown) {
    return { problem: messageOf(thrown) }
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (thrown) {
    // All of it is gone.
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown
  }
}

function howItDied(code: number): string {
  // A signal is told as 128 and its number.
  const by = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0]
  if (by === 'SIGKILL')
    return 'Its process was killed (SIGKILL); that is what the system does when memory runs out, or somebody by hand.'
  if (by === 'SIGTERM' || by === 'SIGINT') return `Its process was ended from outside (${by}).`
  if (by) return `Its process crashed (${by}); what it printed last is in the run's log.`
  return `Its process ended itself with exit code ${code} before run() was done; a job, or what it calls, must not exit.`
}
