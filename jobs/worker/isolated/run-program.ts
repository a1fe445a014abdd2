/**
 * Runs a program as a job's command, inside the process of an isolated attempt: in its process group, so that it ends with the
 * attempt, with all that it started.
 */
import { accessSync, closeSync, constants, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { JSONValue } from 'postgres'
import type { Env } from '../../../lib/env.ts'
import { AppError, sentenceOf } from '../../../lib/errors.ts'
import type { Translated } from '../../../lib/texts.ts'
import type { CommandOptions, JobContext } from '../../job.ts'
import { readPrinted } from '../printed.ts'
import { MAX_STEP_BYTES } from '../steps.ts'
import type { Order } from './messages.ts'
import { openPipes, type Pipe } from './pipe.ts'

/**
 * Of Doca's environment. The rest stays here: URLs with passwords, keys and tokens, which a program would print, or hand on to
 * what it starts.
 */
const PASSED_ON =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TZ|LANG|LANGUAGE|LC_[A-Z]+|SSL_CERT_(?:FILE|DIR)|(?:https?|no|all)_proxy|(?:HTTPS?|NO|ALL)_PROXY)$/
/** Linux takes no variable of 128 KiB. */
const MAX_CONF_VARIABLE_BYTES = 100_000
/** For reading what is left in the pipes, which a process that it left behind may hold open. */
const LAST_WORDS_MS = 200
const MAX_REASON = 300

/** `folder` is that of the job's file. */
export function programRunner(
  folder: string,
  order: Order,
  { log, signal }: Pick<JobContext, 'log' | 'signal'>,
): JobContext['command'] {
  return async (program, args = [], options = {}) => {
    signal.throwIfAborted()
    const conf = JSON.stringify(order.conf)
    const cwd = resolve(folder, options.cwd ?? '.')
    const env = programEnvironment(process.env, order, conf, options.env)
    const { child, stdout, stderr } = spawn(findProgram(program, cwd, env.PATH), args, { cwd, env, conf })
    const onAbort = () => child.kill('SIGTERM')
    signal.addEventListener('abort', onAbort, { once: true })
    const [printed, failed] = [lastLine(), lastLine()]
    const read = Promise.all([
      readPipe(stdout, (piece, ends) => printed.add(piece, ends, log.info)),
      readPipe(stderr, (piece, ends) => failed.add(piece, ends, log.warn)),
    ])
    await child.exited
    await Promise.race([read, Bun.sleep(LAST_WORDS_MS)])
    signal.removeEventListener('abort', onAbort)
    signal.throwIfAborted()
    const last = printed.text()
    if (last.length > MAX_STEP_BYTES)
      log.warn(`Its last line is longer than ${MAX_STEP_BYTES} characters, and so not its result.`)
    if (child.exitCode === 0) return resultOf(last)
    const by = child.signalCode
    const how = by === null ? exitCode(child.exitCode!) : { en: by, pt: by }
    const reason = failed.text().trim().slice(0, MAX_REASON)
    throw failure({
      en: `${program} ended with ${how.en}${reason === '' ? '.' : `: ${reason}`}`,
      pt: `${program} terminou com ${how.pt}${reason === '' ? '.' : `: “${reason}”`}`,
    })
  }
}

/** `own` is Doca's, `conf` its JSON, `more` what the job adds. */
export function programEnvironment(
  own: Env,
  {
    job,
    run_id,
    attempt,
    slot,
    carrier,
  }: Pick<Order, 'job' | 'run_id' | 'attempt' | 'slot'> & Partial<Pick<Order, 'carrier'>>,
  conf: string,
  more: CommandOptions['env'] = {},
): Env {
  const fits = Buffer.byteLength(conf) <= MAX_CONF_VARIABLE_BYTES
  return {
    ...Object.fromEntries(Object.entries(own).filter(([name]) => PASSED_ON.test(name))),
    // Python keeps what it prints into a pipe to itself until it has 8 KiB: the log would be late, or lost.
    PYTHONUNBUFFERED: '1',
    DOCA_JOB: job,
    DOCA_RUN_ID: run_id,
    DOCA_ATTEMPT: String(attempt),
    DOCA_SLOT: slot ?? '',
    ...(fits && { DOCA_CONF: conf }),
    // As OpenTelemetry's other programs read it.
    ...(carrier?.traceparent !== undefined && { TRACEPARENT: carrier.traceparent }),
    ...more,
  }
}

function findProgram(program: string, cwd: string, path: string | undefined): string {
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory())
    throw notRun(program, { en: `there is no folder ${cwd}`, pt: `a pasta ${cwd} não existe` })
  if (!program.includes('/')) {
    const found = Bun.which(program, { PATH: path ?? '' })
    if (found) return found
    throw failure({
      en: `${program} is not found in any folder of PATH. Is it installed here?`,
      pt: `${program} não foi encontrado em nenhuma pasta do PATH. Está instalado aqui?`,
    })
  }
  const file = resolve(cwd, program)
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found?.isFile()) throw notRun(program, { en: `there is no file ${file}`, pt: `o arquivo ${file} não existe` })
  try {
    accessSync(file, constants.X_OK)
    return file
  } catch {
    throw notRun(program, {
      en: `${file} is not executable; chmod +x it, or name the program that reads it`,
      pt: `${file} não é executável; use chmod +x, ou informe o programa que o lê`,
    })
  }
}

interface SpawnOptions {
  cwd: string
  env: Env
  conf: string
}

function spawn(file: string, args: string[], { cwd, env, conf }: SpawnOptions) {
  const [out, err] = openPipes(2) as [Pipe, Pipe]
  try {
    const stdio = { stdin: Buffer.from(conf), stdout: out.writer, stderr: err.writer }
    return { child: Bun.spawn([file, ...args], { cwd, env, ...stdio }), stdout: out.reader, stderr: err.reader }
  } catch (cause) {
    for (const { reader } of [out, err]) closeSync(reader)
    const why = sentenceOf(cause)
    throw notRun(
      file,
      {
        en: `${why.en}. A script begins with the program that reads it, such as #!/bin/sh, and its lines do not end in CR`,
        pt: `${why.pt}. Um script começa com o programa que o lê, como #!/bin/sh, e suas linhas não terminam em CR`,
      },
      cause,
    )
  } finally {
    for (const { writer } of [out, err]) closeSync(writer)
  }
}

const readPipe = (reader: number, take: Parameters<typeof readPrinted>[1]) =>
  readPrinted(Bun.file(reader).stream(), take).finally(() => closeSync(reader))

/** Without a stack, which would say nothing of the program. */
function failure(sentence: Translated, cause?: unknown): AppError {
  return Object.assign(new AppError('internal', 'command_failed', sentence, { cause }), { stack: undefined })
}

const notRun = (program: string, why: Translated, cause?: unknown) =>
  failure({ en: `${program} cannot be run: ${why.en}.`, pt: `${program} não pode ser executado: ${why.pt}.` }, cause)

const exitCode = (code: number): Translated => ({ en: `exit code ${code}`, pt: `o código ${code}` })

/** Keeps the last line that is not blank, up to the size of a result, and passes all on. */
function lastLine() {
  let last = ''
  let line = ''
  return {
    add(piece: string, ends: boolean, say: (message: string) => void): void {
      if (piece.trim() !== '') say(piece)
      if (line.length <= MAX_STEP_BYTES) line += piece
      if (!ends) return
      if (line.trim() !== '') last = line
      line = ''
    },
    text: () => last,
  }
}

function resultOf(line: string): JSONValue | undefined {
  try {
    return JSON.parse(line) as JSONValue
  } catch {
    return undefined
  }
}
