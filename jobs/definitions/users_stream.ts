/** Every day: people from a RandomUser-shaped API (USERS_API_URL) for a minute into a topic, where a consumer reads them. */
import { job } from '../job.ts'
import { streamUsers } from '../users-stream/stream-users.ts'

export default job({
  name: 'users_stream',
  schedule: '0 3 * * *',
  timezone: 'America/Sao_Paulo',
  retries: 2,
  backoff: { first_s: 60, max_s: 600 },
  timeout_s: 3900,
  async run({ run_id, log, signal, roles: { stream, settings } }) {
    return streamUsers(stream, { ...settings.users, seed: run_id }, { log, signal })
  },
})
