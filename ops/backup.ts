/** `bun run backup [DIR]`: one archive of everything, and its copy in BACKUP_URL. */
import { planBackup } from '../db/backup/plan.ts'
import { makeBackup } from '../db/backup/make-backup.ts'
import { terminalProgress } from '../db/backup/progress.ts'
import { connect } from '../db/engines/connect.ts'
import { parseWords, wrongUsage } from '../lib/command-line.ts'
import { createLog } from '../lib/log.ts'
import { EXIT, loadConfig, runProgram } from '../lib/program.ts'
import { readBackupConfig } from './backup-config.ts'
import { stopOnSignals } from './stop-on-signals.ts'

const USAGE = `Usage: bun run backup [DIR] [--json]
  Writes DIR/doca-….tar.zst (DIR unset: DATA_DIR/backups), encrypted when BACKUP_KEY is set, and copies it to BACKUP_URL.
  Archives in DATA_DIR/backups and in BACKUP_URL are kept for 7 days, 4 weeks and 12 months; in DIR all are kept.`

const { values, positionals } = parseWords(Bun.argv.slice(2), { json: { type: 'boolean', default: false } }, USAGE)
if (positionals.length > 1) wrongUsage('Name one folder.', USAGE)

const config = loadConfig(readBackupConfig)

await runProgram(async () => {
  const log = createLog('backup', 'silent')
  const db = await connect(config, log, ['sql', 'objects'])
  // What was written so far is removed.
  const stopping = stopOnSignals('Stopped; nothing was kept.')
  try {
    const plan = planBackup(config, db, log)
    const made = await makeBackup(plan, { folder: positionals[0], progress: terminalProgress(), signal: stopping })
    for (const warning of made.warnings) process.stderr.write(`Note: ${warning}\n`)
    if (values.json) return process.stdout.write(`${JSON.stringify(made, null, 2)}\n`)
    const { path, size_bytes, rows, tables, objects, objects_bytes, duration_s, copied, removed } = made
    const lines = [
      path,
      `${(size_bytes / 1e6).toFixed(1)} MB${made.encrypted ? ', encrypted' : ''}: ${rows} rows of ${tables} tables, ` +
        `${objects} objects of ${(objects_bytes / 1e6).toFixed(1)} MB, in ${duration_s.toFixed(1)} s`,
      `sha256 ${made.sha256}`,
      ...(copied ? ['copied to BACKUP_URL, and read back'] : []),
      ...(made.base_at ? [`a restore can go to any time from ${made.base_at.toISOString()} on`] : []),
      ...(removed.length > 0 ? [`removed as old: ${removed.join(', ')}`] : []),
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
  } finally {
    await db.close()
  }
})
// An aborted read may keep the process alive; all is done.
process.exit(EXIT.done)
