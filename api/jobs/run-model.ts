import { Type } from '@sinclair/typebox'
import { t, type Static } from 'elysia'
import { ATTEMPT_STATES, RUN_STATES, TRIGGERS } from '../../db/jobs/table.ts'
import { oneOf, orNull, time, timestamp } from '../http/schemas.ts'
import { pageAnswer, pageQuery } from '../http/pagination.ts'

export const id = t.String({ format: 'uuid' })

/** The run of examples. */
export const RUN = '01a1fc6d-ba26-771a-b067-b72d1b4570e8'

const RUN_ROW = {
  id: RUN,
  job: 'process_data',
  slot: '2026-11-20T05:00:00.000Z',
  trigger: 'schedule',
  state: 'succeeded',
  conf: {},
  attempt: 1,
  failures: 0,
  lost: 0,
  worker: 'jobs-4711',
  dedupe_key: null,
  available_at: '2026-11-20T05:00:00.000Z',
  queued_at: '2026-11-20T05:00:00.000Z',
  started_at: '2026-11-20T05:00:00.100Z',
  finished_at: '2026-11-20T05:00:03.000Z',
  cancel_requested_at: null,
  cancel_reason: null,
  error: null,
  result: { items: 1204, low_stock: 17 },
}
export const runAnswer = t.Object(
  {
    id,
    job: t.String(),
    slot: orNull(time),
    trigger: oneOf(TRIGGERS),
    state: oneOf(RUN_STATES),
    conf: t.Record(t.String(), t.Unknown()),
    attempt: t.Integer({ description: 'The attempt that runs or ran last; 0 before the first.' }),
    failures: t.Integer(),
    lost: t.Integer({ description: 'Attempts whose worker died.' }),
    worker: orNull(t.String()),
    dedupe_key: orNull(t.String()),
    available_at: t.String({ format: 'date-time', description: 'When it may start, while it waits.' }),
    queued_at: time,
    started_at: orNull(time),
    finished_at: orNull(time),
    cancel_requested_at: orNull(time),
    cancel_reason: orNull(t.String()),
    error: orNull(t.String()),
    result: t.Unknown({ description: 'What the job returned.' }),
  },
  { title: 'Run', examples: [RUN_ROW] },
)
export const runDetails = t.Object(
  {
    ...runAnswer.properties,
    attempts: t.Array(
      t.Object({
        attempt: t.Integer(),
        state: oneOf(ATTEMPT_STATES),
        worker: t.String(),
        started_at: time,
        finished_at: orNull(time),
        error: orNull(t.String()),
      }),
    ),
    steps: t.Array(
      t.Object({
        name: t.String(),
        attempt: t.Integer({ description: 'The attempt that finished it; later ones do not do it again.' }),
        started_at: t.Union([
          t.String({ format: 'date-time', description: 'null: of a version before steps were timed.' }),
          t.Null(),
        ]),
        finished_at: time,
      }),
      { description: 'The last 100 steps that it has finished.' },
    ),
  },
  {
    title: 'RunDetails',
    examples: [
      {
        ...RUN_ROW,
        attempts: [
          {
            attempt: 1,
            state: 'succeeded',
            worker: 'jobs-4711',
            started_at: '2026-11-20T05:00:00.100Z',
            finished_at: '2026-11-20T05:00:03.000Z',
            error: null,
          },
        ],
        steps: [
          { name: 'read', attempt: 1, started_at: '2026-11-20T05:00:00.400Z', finished_at: '2026-11-20T05:00:02.000Z' },
        ],
      },
    ],
  },
)
export const runsPage = pageAnswer(runAnswer)
export const runsQuery = t.Object(
  {
    state: t.Optional(oneOf(RUN_STATES, { description: 'Runs in this state.' })),
    trigger: t.Optional(oneOf(TRIGGERS, { description: 'Runs that were started so.' })),
    from: t.Optional(timestamp('Runs whose slot, or where they have none, whose queueing is not before this.')),
    to: t.Optional(timestamp('And before this.')),
    ...pageQuery,
  },
  { additionalProperties: false },
)
export type RunsQuery = Static<typeof runsQuery>

export const logsQuery = t.Object(
  {
    ...pageQuery,
    follow: t.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1,
        default: 0,
        description: '1: as server-sent events, until the run ends.',
      }),
    ),
    after: t.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'Lines after the one with this id; a cursor and Last-Event-ID go before it.',
      }),
    ),
  },
  { additionalProperties: false },
)
export type LogsQuery = Static<typeof logsQuery>
export const logLine = t.Object(
  {
    id: t.Integer(),
    attempt: t.Integer(),
    level: t.String(),
    message: t.String(),
    data: t.Unknown(),
    logged_at: time,
  },
  {
    title: 'LogLine',
    examples: [
      {
        id: 1718,
        attempt: 1,
        level: 'info',
        message: '1204 items read',
        data: { duration_ms: 812 },
        logged_at: '2026-11-20T05:00:02.000Z',
      },
    ],
  },
)
export const logsPage = pageAnswer(logLine)

/** One of the events of a run that is followed. */
export const logEvent = t.Object(
  {
    event: oneOf(['log', 'end']),
    id: t.Optional(t.String({ description: 'Of a log line, for Last-Event-ID.' })),
    data: t.String({ description: 'JSON: a line as the list has it, or at the end the run.' }),
  },
  { title: 'LogEvent', examples: [{ event: 'log', id: '1718', data: JSON.stringify(logLine.examples[0]) }] },
)
