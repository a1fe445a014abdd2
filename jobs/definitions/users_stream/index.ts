/**
 * Every day: sends people from a RandomUser-shaped API (USERS_API_URL) to a topic for a minute; a consumer reads them there.
 * A trigger may change that: --conf '{"seconds": 10, "per_s": 100}'.
 */
import { Type } from '@sinclair/typebox'
import { job } from '../../job.ts'
import { streamUsers } from './stream-users.ts'

export default job({
  name: 'users_stream',
  schedule: '0 3 * * *',
  timezone: 'America/Sao_Paulo',
  retries: 2,
  backoff: { first_s: 60, max_s: 600 },
  timeout_s: 3900,
  conf: Type.Object({
    seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 3600, description: 'For how long.' })),
    per_s: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'People a second, at most.' })),
    page: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000, description: 'People a page.' })),
  }),
  async run({ run_id, conf, log, signal, roles: { stream, settings } }) {
    return streamUsers(stream, { ...settings.users, ...conf, seed: run_id }, { log, signal })
  },
})
