/**
 * `bun run test:engines [PATH…]`: starts the engines where they do not run yet, and runs the suites that have a real
 * engine on them, with each engine's URL in the environment. Words with a hyphen go to `bun test`.
 */
import { resolve } from 'node:path'
import { startedEngines } from '../ops/engines/lifecycle.ts'
import { runProgram } from '../lib/program.ts'

/** Everything that behaves differently with an engine behind a role. */
const SUITES = ['tests/contracts', 'tests/engines']

await runProgram(async () => {
  const data_dir = resolve(process.env.DATA_DIR || '.data')
  const variables = await startedEngines(data_dir)
  const words = Bun.argv.slice(2)
  const paths = words.some((word) => !word.startsWith('-')) ? [] : SUITES
  const tests = Bun.spawn([process.execPath, 'test', ...words, ...paths], {
    env: { ...process.env, ...variables },
    stdio: ['inherit', 'inherit', 'inherit'],
  })
  process.exit(await tests.exited)
  // It may install packages, whose files are for everybody.
}, 'by umask')
