/**
 * A whole run, `bun test` without a name, starts itself again on several workers: Bun's default is one file after the
 * other, bunfig.toml has no key for it, and half of what tests take is waiting. One file is run where it is.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

const OWN_COMMAND_LINE = '/proc/self/cmdline'
const MOST_WORKERS = 4
/** Of a test that sets no time of its own: Bun's 5 s are little on a busy machine. */
const PATIENCE_MS = 60_000
const [, command, ...flags] = existsSync(OWN_COMMAND_LINE)
  ? readFileSync(OWN_COMMAND_LINE, 'utf8').split('\0').slice(0, -1)
  : []
const whole = command === 'test' && flags.every((flag) => flag.startsWith('-'))

if (whole && process.env.BUN_TEST_WORKER_ID === undefined) {
  const workers = Math.min(MOST_WORKERS, availableParallelism() + 1)
  const words = ['test', ...flags, `--parallel=${workers}`, '--no-isolate', `--timeout=${PATIENCE_MS}`]
  const { status } = spawnSync(process.execPath, words, { stdio: 'inherit' })
  process.exit(status ?? 1)
}
