/** `bun run upgrade`: the data of an earlier build becomes this build's, by way of a backup and a copy. */
import { terminalProgress } from '../db/backup/progress.ts'
import { upgrade } from '../db/backup/upgrade.ts'
import { parseWords, wrongUsage } from '../lib/command-line.ts'
import { createLog } from '../lib/log.ts'
import { EXIT, loadConfig, runProgram } from '../lib/program.ts'
import { readBackupConfig } from './backup-config.ts'
import { stopOnSignals } from './stop-on-signals.ts'

const USAGE = `Usage: bun run upgrade [--json]
  After an update of Doca's files, with every program stopped: makes a backup, runs the new migrations on a copy, counts the rows of
  every table before and after, and only then puts the copy in place. The old data folder is kept until the next upgrade.`

const { values, positionals } = parseWords(Bun.argv.slice(2), { json: { type: 'boolean', default: false } }, USAGE)
if (positionals.length > 0) wrongUsage('It takes no words.', USAGE)

const config = loadConfig(readBackupConfig)

await runProgram(async () => {
  const say = (step: string) => process.stderr.write(`… ${step}\n`)
  const signal = stopOnSignals('Stopped; the data is as it was.')
  const done = await upgrade(config, createLog('upgrade', 'silent'), { say, progress: terminalProgress(), signal })
  if (values.json) return process.stdout.write(`${JSON.stringify(done, null, 2)}\n`)
  const { migrations, tables, rows, backup, kept, duration_s } = done
  if (backup === null) return process.stdout.write('Nothing to do: the data has the schema of this Doca.\n')
  const lines = [
    `Upgraded by ${migrations.length} migrations, to ${migrations.at(-1)}: ${rows} rows of ${tables} tables, in ${duration_s.toFixed(1)} s.`,
    `Backup of what was there: ${backup}`,
    ...(kept === null
      ? []
      : [`The old data folder: ${kept} (kept until the next upgrade; remove it when all is well).`]),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
})
process.exit(EXIT.done)
