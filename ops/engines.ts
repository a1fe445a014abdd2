/**
 * `bun run engines up|down|status [NAME…]`: the real engines on this machine, without containers, for tests, benchmarks
 * and `bun run up --engines`. Data, logs and generated passwords are below DATA_DIR/engines; ports are on loopback.
 */
import { resolve } from 'node:path'
import { parseWords, printRows, wrongUsage } from '../lib/command-line.ts'
import { messageOf } from '../lib/errors.ts'
import { EXIT, runProgram } from '../lib/program.ts'
import { bringUp, engineStatus, ENGINES, takeDown } from './engines/lifecycle.ts'

const NAMES = ENGINES.map(({ name }) => name).join(', ')
const USAGE = `Usage: bun run engines up|down|status [NAME…] [--json]\nNames: ${NAMES}`

const { values, positionals } = parseWords(Bun.argv.slice(2), { json: { type: 'boolean', default: false } }, USAGE)
const [command, ...names] = positionals
const unknown = names.filter((name) => !ENGINES.some((engine) => engine.name === name))
if (unknown.length > 0) wrongUsage(`There is no engine ${unknown.join(', ')}.`, USAGE)
const engines = ENGINES.filter(({ name }) => names.length === 0 || names.includes(name))
const data_dir = resolve(process.env.DATA_DIR || '.data')

await runProgram(async () => {
  if (process.platform !== 'linux') wrongUsage('The engines are started on Linux only; use compose.yaml.', USAGE)
  if (command === 'up' || command === 'down') await each(command)
  else if (command !== 'status') wrongUsage(command ? `There is no command ${command}.` : 'Say what to do.', USAGE)
  const statuses = await Promise.all(engines.map((engine) => engineStatus(data_dir, engine)))
  printRows(statuses, values.json)
  const wanted = command === 'down' ? 'down' : 'up'
  process.exit(statuses.every(({ state }) => state === wanted) ? EXIT.done : EXIT.failed)
  // It installs packages, whose files are for everybody.
}, 'by umask')

/** All at once; one that fails does not stop the others. */
async function each(what: 'up' | 'down'): Promise<void> {
  await Promise.all(
    engines.map(async (engine) => {
      const say = (step: string) => process.stderr.write(`${engine.name} ${step}\n`)
      const done = what === 'up' ? bringUp(data_dir, engine, say) : takeDown(data_dir, engine)
      await done.catch((thrown) => say(`failed: ${messageOf(thrown)}`))
    }),
  )
}
