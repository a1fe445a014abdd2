/**
 * `bun run test:engines [PATH…]`: starts the engines where they do not run yet, and runs the suites that have a real
 * engine on them, with each engine's URL in the environment. Words with a hyphen go to `bun test`.
 */
import { resolve } from 'node:path'
import { ENGINES } from '../ops/engines/all.ts'
import { bringUp } from '../ops/engines/lifecycle.ts'
import { engineVariables } from '../ops/engines/state.ts'
import { runProgram } from '../lib/program.ts'

/** Everything that behaves differently with an engine behind a role. */
const SUITES = ['tests/contracts', 'tests/engines']

await runProgram(async () => {
  const data_dir = resolve(process.env.DATA_DIR || '.data')
  const say = (name: string) => (step: string) => process.stderr.write(`${name} ${step}\n`)
  await Promise.all(ENGINES.map((engine) => bringUp(data_dir, engine, say(engine.name))))
  const words = Bun.argv.slice(2)
  const paths = words.some((word) => !word.startsWith('-')) ? [] : SUITES
  const tests = Bun.spawn([process.execPath, 'test', ...words, ...paths], {
    env: { ...process.env, ...(await engineVariables(data_dir)) },
    stdio: ['inherit', 'inherit', 'inherit'],
  })
  process.exit(await tests.exited)
})
