import { t } from 'elysia'

const check = t.Object({ status: t.UnionEnum(['ok', 'down']), latency_ms: t.Number() })

export const healthAnswer = t.Object(
  {
    status: t.UnionEnum(['ok', 'degraded', 'down']),
    timestamp: t.String({ format: 'date-time' }),
    version: t.String(),
    api: check,
    database: check,
  },
  { additionalProperties: check, description: 'One entry per role.' },
)

export const alive = t.Object({ status: t.Literal('ok') })

export const metricsAnswer = t.Object({
  timestamp: t.String({ format: 'date-time' }),
  api_status: t.Literal('ok'),
  database_status: t.UnionEnum(['connected', 'disconnected']),
  cache_status: t.UnionEnum(['connected', 'disconnected']),
  response_time: t.Number({ description: 'Mean of the last answers, seconds.' }),
  active_users: t.Union([t.Integer(), t.Null()], {
    description: 'Users with a live session; null without a database.',
  }),
  embalagens_count: t.Union([t.Integer(), t.Null()], { description: 'null without a database.' }),
})
