/** Every week: restores the newest backup into a scratch database and compares it with its manifest. */
import { job } from '../job.ts'

export default job({
  name: 'backup_drill',
  schedule: '0 4 * * SUN',
  timezone: 'America/Sao_Paulo',
  retries: 1,
  backoff: { first_s: 600, max_s: 600 },
  timeout_s: 6 * 3600,
  isolate: true,
  async run({ log, roles, signal }) {
    const { drill } = await import('../../db/backup/drill.ts')
    const found = await drill(roles.backup, { signal })
    log.info(`${found.file} can be restored`, { ...found })
    return found
  },
})
