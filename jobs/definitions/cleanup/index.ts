/** Every night: deletes rows and files that are older than KEEP_…_DAYS. */
import { cleanUp } from './clean-up.ts'
import { job } from '../../job.ts'

export default job({
  name: 'cleanup',
  schedule: '30 3 * * *',
  timezone: 'America/Sao_Paulo',
  retries: 2,
  backoff: { first_s: 60, max_s: 600 },
  timeout_s: 3600,
  run: (context) => cleanUp(context, context.roles.settings.keep_days),
})
