/** `bun run jobs`: scheduler and worker. `bun run jobs WORDS…`: the command line. */
import { loadConfig, runProgram } from '../lib/program.ts'
import { readJobsConfig } from './config.ts'

const [command, ...words] = Bun.argv.slice(2)

// Each needs modules that the other does not.
await runProgram(async () => {
  if (command !== undefined) return (await import('./cli/run-command.ts')).runCommand(command, words)
  return (await import('./run-jobs.ts')).runJobs(loadConfig(readJobsConfig))
})
