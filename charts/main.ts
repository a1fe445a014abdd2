/** `bun run charts`: the spreadsheet poller. `bun run charts FILE [OUT.png]`: the command line. */
import { loadConfig, runProgram } from '../lib/program.ts'

const words = Bun.argv.slice(2)

await runProgram(
  async () => {
    if (words.length > 0) return (await import('./cli.ts')).drawFile(words)

    const { readChartsConfig } = await import('./config.ts')
    const { runPoller } = await import('./poller/index.ts')
    await runPoller(loadConfig(readChartsConfig))
    // A picture that somebody has drawn for themselves is as their other files.
  },
  words.length > 0 ? 'by umask' : 'private',
)
