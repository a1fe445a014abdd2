/** Every night: the same as `bun run backup`. Fails, with an alert, also when only the copy to BACKUP_URL failed. */
import { job } from '../job.ts'

export default job({
  name: 'backup',
  schedule: '30 2 * * *',
  timezone: 'America/Sao_Paulo',
  retries: 2,
  backoff: { first_s: 60, max_s: 600 },
  timeout_s: 6 * 3600,
  isolate: true,
  async run({ log, roles, signal }) {
    const { makeBackup } = await import('../../db/backup/make-backup.ts')
    const made = await makeBackup(roles.backup, { signal })
    for (const warning of made.warnings) log.warn(warning)
    log.info(`${made.path} written`, { size_bytes: made.size_bytes, copied: made.copied, removed: made.removed.length })
    return { ...made, removed: made.removed.length }
  },
})
