/**
 * Runs an attempt in a process of its own, which is really killed: at its timeout, beyond its memory, when it is cancelled,
 * when the run went to another worker, and when this worker dies. All that it started in its process group is killed with
 * it, after a success, too.
 */
import { constants } from 'node:os'
import { join } from 'node:path'
import type { JSONValue } from 'postgres'
import type { ClaimedRun } from '../../db/jobs/run-claims.ts'
import { Child, type LimitReached } from '../../lib/child/child.ts'
import { sentenceOf } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'
import type { Carrier, Tracing } from '../../lib/tracing/tracing.ts'
import type { JobsConfig } from '../config.ts'
import type { FromAttempt, Question, ToAttempt } from './isolated/messages.ts'
import type { Job } from '../job.ts'
import { outcomeOfThrown, type Outcome } from './outcome.ts'
import { readPrinted } from './printed.ts'
import type { AttemptLog } from './attempt-log.ts'
import { runLine } from './run-lines.ts'
import { stepSpan, type StepStore } from './steps.ts'

export interface IsolatedTools {
  /** Of the job. */
  file: string
  config: JobsConfig
  store: StepStore
  tracing: Tracing
  /** Names the attempt's span. */
  carrier: Carrier
  runLog: AttemptLog
  signal: AbortSignal
  /** How long the job may take to react to its signal. */
  grace_ms: number
}

const PROGRAM = join(import.meta.dir, 'isolated/main.ts')
/** For reading what is left in the pipes, which a process that left the group may hold open. */
const LAST_WORDS_MS = 1000
const MIB = 1024 * 1024

export async function runIsolated(job: Job, run: ClaimedRun, tools: IsolatedTools): Promise<Outcome> {
  const { config, file, runLog, signal, grace_ms, carrier } = tools
  signal.throwIfAborted()
  const heard = Promise.withResolvers<void>()
  let ended: Outcome | undefined
  const child = new Child<ToAttempt, FromAttempt>({
    program: PROGRAM,
    args: [file],
    group: true,
    // The last is this program's own log, for the log lines of the roles there.
    stdio: ['pipe', 'pipe', 'pipe', 1],
    serialization: 'json',
    onMessage: (message) => void receive(message),
    onDisconnect: heard.resolve,
  })
  const { stdout, stderr, exited } = child.process
  const taker = (level: 'info' | 'warn') => (text: string) => {
    if (text.trim() !== '') runLog.take(runLine(level, text))
  }
  const printed = [readPrinted(stdout!, taker('info')), readPrinted(stderr!, taker('warn'))]
  const onAbort = () => {
    child.send({ kind: 'abort', sentence: sentenceOf(signal.reason) })
    grace = setTimeout(() => {
      runLog.note('warn', `Killed: it did not end within ${grace_ms / 1000} s after its signal.`)
      child.kill()
    }, grace_ms)
  }
  const lift = child.limit({ memory_bytes: job.memory_mb * MIB })
  let grace: ReturnType<typeof setTimeout> | undefined
  signal.addEventListener('abort', onAbort, { once: true })
  const { id: run_id, attempt, slot, conf } = run
  const order = {
    job: job.name,
    run_id,
    attempt,
    slot: slot?.toISOString() ?? null,
    conf,
    texts: job.texts,
    config,
    carrier,
  }
  child.send({ kind: 'start', order })

  const code = await exited
  clearTimeout(grace)
  lift()
  signal.removeEventListener('abort', onAbort)
  // The processes that it started, and the shell that watches.
  child.kill()
  await Promise.race([Promise.all([...printed, heard.promise]), Bun.sleep(LAST_WORDS_MS)])
  if (ended) return ended
  if (child.reached) return { error: outgrown(child.reached, job) }
  return signal.aborted ? outcomeOfThrown(signal.reason) : { error: howItDied(code) }

  async function receive(message: FromAttempt): Promise<void> {
    switch (message.kind) {
      case 'line':
        return runLog.take(message.line)
      case 'dropped':
        return runLog.dropped(message.count)
      case 'ask':
        return child.send({ kind: 'answer', id: message.id, ...(await answer(tools, message.question)) })
      case 'ended':
        ended = message.outcome
        // Timers and processes that it left would keep it alive.
        child.kill()
    }
  }
}

async function answer(
  { store, tracing, carrier: parent }: IsolatedTools,
  question: Question,
): Promise<{ value?: JSONValue } | { problem: Translated }> {
  try {
    if ('read_step' in question) {
      const found = await store.read(question.read_step)
      return found === undefined ? {} : { value: found as unknown as JSONValue }
    }
    const { save_step, result, began_at } = question
    // There, nothing of tracing is loaded.
    tracing.span({ ...stepSpan(save_step), parent, started_at: began_at }, () => {})
    const value = await store.save(save_step, result, began_at)
    return value === undefined ? {} : { value: value as JSONValue }
  } catch (thrown) {
    return { problem: sentenceOf(thrown) }
  }
}

function outgrown({ used }: LimitReached, { memory_mb }: Job): Translated {
  const used_mb = Math.round(used / MIB)
  return {
    en: `It took ${used_mb} MiB of memory, more than its memory_mb of ${memory_mb}; it was killed.`,
    pt: `Usou ${used_mb} MiB de memória, mais que o seu memory_mb de ${memory_mb}; foi encerrado à força.`,
  }
}

function howItDied(code: number): Translated {
  // The shell reports a signal as 128 plus its number.
  const by = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0]
  if (by === 'SIGKILL')
    return {
      en: 'Its process was killed (SIGKILL); that is what the system does when memory runs out, or somebody by hand.',
      pt: 'O processo foi encerrado à força (SIGKILL): é o que o sistema faz quando falta memória, ou alguém o fez à mão.',
    }
  if (by === 'SIGTERM' || by === 'SIGINT')
    return { en: `Its process was ended from outside (${by}).`, pt: `O processo foi encerrado de fora (${by}).` }
  if (by)
    return {
      en: `Its process crashed (${by}); what it printed last is in the run's log.`,
      pt: `O processo caiu (${by}); o que imprimiu por último está no log da execução.`,
    }
  return {
    en: `Its process ended itself with exit code ${code} before run() was done; a job, or what it calls, must not exit.`,
    pt: `O processo terminou por si com o código ${code} antes do fim de run(); um job, ou o que ele chama, não pode sair do processo.`,
  }
}
