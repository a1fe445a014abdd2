import { t } from 'elysia'
import { PROGRAMS } from '../../db/monitoring/table.ts'
import { oneOf, time } from '../http/schemas.ts'

const check = t.Object({ status: oneOf(['ok', 'down']), latency_ms: t.Number() }, { title: 'HealthCheck' })
const program = t.Object(
  {
    program: oneOf(PROGRAMS),
    status: oneOf(['ok', 'silent'], {
      description: 'silent: a process of it sends no heartbeat, and was not stopped.',
    }),
    at_work: t.Integer({ description: 'Processes of it that send heartbeats.' }),
  },
  { title: 'ProgramHealth' },
)
const OK = { status: 'ok', latency_ms: 0.8 }

/** `starting`: the first users are not made yet. */
const STATUS = oneOf(['ok', 'degraded', 'starting', 'down'])

export const healthAnswer = t.Object(
  {
    status: STATUS,
    timestamp: t.String({ format: 'date-time' }),
    version: t.String(),
    api: check,
    database: check,
    programs: t.Array(program, { description: 'Programs that were started and not stopped.' }),
    paused: t.Array(t.Object({ consumer: t.String(), since: time }, { title: 'PausedConsumer' }), {
      description:
        'Consumers that a storm of failures has paused, until somebody decides, e.g. POST /orders/consumer/resume.',
    }),
  },
  {
    title: 'Health',
    additionalProperties: check,
    description:
      'One entry per role, `writes` (whether the database takes any), and the programs. `degraded`: a role is away, the database takes no writes, a program is silent, or a consumer is paused.',
    examples: [
      {
        status: 'ok',
        timestamp: '2026-11-20T09:30:00.000Z',
        version: '0.1.0',
        api: OK,
        database: OK,
        cache: OK,
        programs: [{ program: 'jobs', status: 'ok', at_work: 1 }],
        paused: [],
      },
    ],
  },
)

export const alive = t.Object({ status: t.Literal('ok') }, { title: 'Alive', examples: [{ status: 'ok' }] })

export const readyAnswer = t.Object({ status: STATUS }, { title: 'Ready', examples: [{ status: 'ok' }] })

export const metricsAnswer = t.Object(
  {
    timestamp: t.String({ format: 'date-time' }),
    api_status: t.Literal('ok'),
    database_status: oneOf(['connected', 'disconnected']),
    cache_status: oneOf(['connected', 'disconnected']),
    response_time: t.Number({ description: 'Mean of the last answers, seconds.' }),
    active_users: t.Union([t.Integer(), t.Null()], {
      description: 'Users with a live session; null without a database.',
    }),
    silent_programs: t.Union([t.Integer(), t.Null()], {
      description: 'Programs of which a process sends no heartbeat and was not stopped; null without a database.',
    }),
    embalagens_count: t.Union([t.Integer(), t.Null()], { description: 'null without a database.' }),
  },
  {
    title: 'Metrics',
    examples: [
      {
        timestamp: '2026-11-20T09:30:00.000Z',
        api_status: 'ok',
        database_status: 'connected',
        cache_status: 'connected',
        response_time: 0.004,
        active_users: 7,
        silent_programs: 0,
        embalagens_count: 1204,
      },
    ],
  },
)
