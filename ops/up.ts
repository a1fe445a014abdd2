/**
 * `bun run up`: every program, each in a process of its own, on whatever the environment names; with `--engines`, on the
 * real engines of this machine, which are started first and stay up (`bun run engines down`).
 */
import { mkdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { apiUrl } from '../api/config.ts'
import type { FirstSignIn } from '../api/secrets.ts'
import type { DbConfig } from '../db/engines/config.ts'
import { parseWords, wrongUsage } from '../lib/command-line.ts'
import { EXIT, loadConfig, runProgram } from '../lib/program.ts'
import { stopSignal } from '../lib/shutdown.ts'
import { readAllConfigs } from './configuration.ts'
import { prettyLine } from './up/pretty.ts'
import { ProgramFailed, supervise, type Supervised } from './up/supervise.ts'

const PROGRAMS = ['api', 'jobs', 'consumers', 'charts']
/** All must have ended within 10 s of Ctrl-C: the programs get this long, the rest is for killing those that hang. */
const STOP_MS = 8000

const USAGE = 'Usage: bun run up [--engines]'
const { values, positionals } = parseWords(Bun.argv.slice(2), { engines: { type: 'boolean', default: false } }, USAGE)
if (positionals.length > 0) wrongUsage('It takes no words.', USAGE)
// Variables that are set already stay.
if (values.engines)
  await runProgram(async () => {
    // Imported here, as below: `up` is to stay small.
    const { startedEngines } = await import('./engines/lifecycle.ts')
    const variables = await startedEngines(resolve(process.env.DATA_DIR || '.data'))
    process.env = { ...variables, ...process.env }
    // It may install packages, whose files are for everybody.
  }, 'by umask')
const started = performance.now()
const configs = loadConfig(readAllConfigs)
const { data_dir, objects_url } = configs.api.db

await runProgram(async () => {
  let first: FirstSignIn = { password: null, link: null }
  const programs = PROGRAMS.map((name) =>
    supervise({
      name,
      // Variables of .env are in our environment already.
      command: [process.execPath, '--no-env-file', join(import.meta.dir, '..', name, 'main.ts')],
      env: {
        ...process.env,
        SHUTDOWN_S: String(Math.min(configs.api.shutdown_s, STOP_MS / 1000 - 1)),
        ...metricsPort(name),
      },
      onLine: process.stdout.isTTY ? showLine : undefined,
      onMessage: ({ first_sign_in }) => (first = (first_sign_in as FirstSignIn | undefined) ?? first),
      onRestart: (program, how, delay_ms) => say(`${program} ${how}; starting it again in ${delay_ms} ms`),
    }),
  )
  const stopped = stopSignal()
  const failed = await Promise.race([
    stopped.then(() => null),
    Promise.all(programs.map(({ ready }) => ready)).then(showWelcome, (failure: ProgramFailed) => failure),
  ])
  if (failed) {
    await stop(programs)
    say(failed.code === EXIT.configuration ? 'Correct the configuration above.' : `Stopped: ${failed.message}.`)
    process.exit(failed.code)
  }
  await stopped
  await stop(programs)
  process.exit(EXIT.done)

  function showWelcome(): undefined {
    const url = apiUrl(configs.api)
    const files = join(data_dir, 'objects', 'uploads')
    // The folder that the welcome names is there to drop something into.
    if (!objects_url) mkdirSync(files, { recursive: true, mode: 0o700 })
    const uploads = objects_url ? `s3://${new URL(objects_url).hostname}/uploads/` : shortPath(files)
    say(
      [
        `Doca is running (${((performance.now() - started) / 1000).toFixed(1)} s).`,
        `  Dashboard ${url}/`,
        `  API       ${url}/docs`,
        `  Health    ${url}/health`,
        `  Charts    drop workbooks into ${uploads}`,
        ...(first.password ? [`  Sign in   admin, password ${first.password} (shown only this once)`] : []),
        ...(first.link ? [`  Welcome   ${first.link} (choose admin's password; good for a day)`] : []),
        'Ctrl-C stops all of it.',
      ].join('\n'),
    )
  }
})

/** A port each for the programs that have no other; the API has its own. */
function metricsPort(name: string): Record<string, string> {
  const { port } = configs.jobs.metrics
  const place = ['jobs', 'consumers', 'charts'].indexOf(name)
  return port === undefined || place === -1 ? {} : { METRICS_PORT: String(port + place) }
}

async function stop(programs: Supervised[]): Promise<void> {
  const killed = await Promise.all(programs.map((program) => program.stop(STOP_MS)))
  if (killed.some(Boolean)) await stopLeftServer(configs.api.db)
}

/** A killed program could not leave the embedded server; joining and leaving it once stops it. */
async function stopLeftServer(config: DbConfig): Promise<void> {
  if (config.database_url) return
  // Imported here: it is rarely needed, and `up` is to stay small.
  const { joinEmbedded } = await import('../db/engines/embedded/index.ts')
  const server = await joinEmbedded({ data_dir: config.data_dir, port: config.embedded_port, wal: config.wal })
  await server.leave()
}

/** Relative to this folder where it is inside. */
function shortPath(path: string): string {
  const from_here = relative('.', path)
  return from_here.startsWith('..') ? path : from_here || '.'
}

function showLine(line: string): void {
  const text = prettyLine(line)
  if (text !== null) process.stdout.write(`${text}\n`)
}

function say(text: string): void {
  process.stdout.write(`\n${text}\n\n`)
}
