import { t } from 'elysia'
import { oneOf } from '../http/schemas.ts'

const check = t.Object({ status: oneOf(['ok', 'down']), latency_ms: t.Number() })

/** `starting`: the first users are not made yet. */
const STATUS = oneOf(['ok', 'degraded', 'starting', 'down'])

export const healthAnswer = t.Object(
  {
    status: STATUS,
    timestamp: t.String({ format: 'date-time' }),
    version: t.String(),
    api: check,
    database: check,
  },
  { additionalProperties: check, description: 'One entry per role.' },
)

export const alive = t.Object({ status: t.Literal('ok') })

export const readyAnswer = t.Object({ status: STATUS })

export const metricsAnswer = t.Object({
  timestamp: t.String({ format: 'date-time' }),
  api_status: t.Literal('ok'),
  database_status: oneOf(['connected', 'disconnected']),
  cache_status: oneOf(['connected', 'disconnected']),
  response_time: t.Number({ description: 'Mean of the last answers, seconds.' }),
  active_users: t.Union([t.Integer(), t.Null()], {
    description: 'Users with a live session; null without a database.',
  }),
  embalagens_count: t.Union([t.Integer(), t.Null()], { description: 'null without a database.' }),
})
