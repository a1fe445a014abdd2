import { Type } from '@sinclair/typebox'
import { t, type Static } from 'elysia'
import { JOB_NAME } from '../../db/jobs/jobs.ts'
import { OUTCOMES, UNITS } from '../../db/jobs/slot-calendar.ts'
import { OVERLAPS, RUN_STATES, SLOT_STATES } from '../../db/jobs/table.ts'
import { MEANING } from '../../lib/validation-texts.ts'
import { DOCUMENTED } from '../http/openapi-schemas.ts'
import { NO_CONTROLS, oneOf, orNull, time, timestamp } from '../http/schemas.ts'
import { pageAnswer, pageQuery } from '../http/pagination.ts'
import { id, RUN } from './run-model.ts'

/** What Airflow, or anything else, sends to start a job. */
export const webhookBody = t.Object(
  {
    job: t.Optional(t.String({ minLength: 1, maxLength: 200, description: 'The name of a job here.' })),
    dag_id: t.Optional(t.String({ minLength: 1, maxLength: 200, description: 'The same, as Airflow calls it.' })),
    conf: t.Optional(t.Record(t.String(), t.Unknown(), { description: 'Handed to the job as its conf.' })),
    event_id: t.Optional(
      t.String({ minLength: 1, maxLength: 200, description: 'Sent again, it gives the run of the first time.' }),
    ),
  },
  {
    title: 'WebhookTrigger',
    additionalProperties: false,
    [DOCUMENTED]: { oneOf: [{ required: ['job'] }, { required: ['dag_id'] }] },
    examples: [{ dag_id: 'process_data', conf: {}, event_id: '4711' }],
  },
)

export const accepted = t.Object({ run_id: id }, { title: 'QueuedRun', examples: [{ run_id: RUN }] })

export const cancelledAnswer = t.Object(
  {
    count: t.Integer({ description: 'How many waited, and are cancelled.' }),
    run_ids: t.Array(id, { description: 'The oldest first.' }),
  },
  { title: 'CancelledRuns', examples: [{ count: 1, run_ids: [RUN] }] },
)

export const jobParams = t.Object({
  name: t.String({
    pattern: JOB_NAME.source,
    description: 'The name of a job.',
    [MEANING]: {
      en: 'the name of a job: a lower-case letter, then up to 62 lower-case letters, digits and _',
      pt: 'o nome de um job: uma letra minúscula e depois até 62 letras minúsculas, dígitos e _',
    },
  }),
})

export const triggerBody = t.Optional(
  t.Object(
    { conf: t.Optional(t.Record(t.String(), t.Unknown(), { description: 'Handed to the job as its conf.' })) },
    { title: 'Trigger', additionalProperties: false, examples: [{ conf: {} }] },
  ),
)

export const backfillBody = t.Object(
  {
    from: timestamp('The first scheduled time that counts.'),
    to: timestamp('The last; times yet to come are left to the schedule.'),
    conf: t.Optional(t.Record(t.String(), t.Unknown(), { description: 'Handed to each of the runs as its conf.' })),
    dry_run: t.Optional(t.Boolean({ default: false, description: 'true: only say which slots would get a run.' })),
  },
  {
    title: 'BackfillRange',
    additionalProperties: false,
    examples: [{ from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', dry_run: true }],
  },
)
export type BackfillBody = Static<typeof backfillBody>

export const backfillAnswer = t.Object(
  {
    job: t.String(),
    dry_run: t.Boolean(),
    slots: t.Array(t.Object({ slot: time, run_id: orNull(id) }), {
      description: 'Those that had no run, oldest first; run_id is null in a dry run.',
    }),
  },
  {
    title: 'Backfill',
    examples: [{ job: 'process_data', dry_run: true, slots: [{ slot: '2026-01-01T05:00:00.000Z', run_id: null }] }],
  },
)

const JOB = {
  name: 'process_data',
  schedule: '0 2 * * *',
  timezone: 'America/Sao_Paulo',
  after: null,
  overlap: 'skip',
  calendar: 'BR-SP',
  pool: null,
  pool_limit: null,
  paused_at: null,
  pause_reason: null,
  next_slot: '2026-11-21T05:00:00.000Z',
  seen_at: '2026-11-20T09:30:00.000Z',
  gone_at: null,
  problem: null,
  last_run: { id: RUN, state: 'succeeded', at: '2026-11-20T05:00:00.000Z' },
  queued: 0,
  running: 0,
  recent_runs: [{ id: RUN, state: 'succeeded', at: '2026-11-20T05:00:00.000Z', took_ms: 2900 }],
}
export const jobAnswer = t.Object(
  {
    name: t.String(),
    schedule: t.String(),
    timezone: t.String(),
    after: orNull(t.Array(t.String(), { description: 'The jobs after whose successes it runs.' })),
    overlap: oneOf(OVERLAPS),
    calendar: orNull(t.String({ description: 'Whose holidays its schedule leaves out: country, state, region.' })),
    pool: orNull(t.String({ description: 'Runs of all jobs with this pool share a limit.' })),
    pool_limit: orNull(t.Integer({ description: 'How many runs of its pool run at a time.' })),
    paused_at: orNull(time),
    pause_reason: orNull(t.String()),
    next_slot: orNull(time),
    seen_at: t.String({ format: 'date-time', description: 'When a program last read its file new or changed.' }),
    gone_at: orNull(t.String({ format: 'date-time', description: 'Since when no running program has its file.' })),
    problem: orNull(
      t.Object(
        {
          file: t.String(),
          at: orNull(t.Object({ file: t.String(), line: t.Integer(), column: t.Integer() })),
          sentence: t.String(),
        },
        { description: 'Why its file cannot be used as it is now; its last good version goes on, where there is one.' },
      ),
    ),
    last_run: orNull(t.Object({ id, state: oneOf(RUN_STATES), at: time })),
    queued: t.Integer({ description: 'Its runs that wait now.' }),
    running: t.Integer({ description: 'And that run.' }),
    recent_runs: t.Array(
      t.Object({
        id,
        state: oneOf(RUN_STATES),
        at: t.String({ format: 'date-time', description: 'When it started; while it waits, when it was queued.' }),
        took_ms: orNull(t.Number({ description: 'Until now while it runs.' })),
      }),
      { description: 'Its last 20 runs, newest first.' },
    ),
  },
  { title: 'Job', examples: [JOB] },
)
export const jobDetails = t.Object(
  {
    ...jobAnswer.properties,
    conf_schema: orNull(
      t.Record(t.String(), t.Unknown(), {
        description: 'JSON Schema of the conf that its runs may be handed; null: any.',
      }),
    ),
    next: t.Array(
      t.Object({
        slot: time,
        local: t.String({ description: 'The same in the zone of the job, with its offset.' }),
        note: orNull(
          t.String({
            description: 'That it is on a holiday and starts nothing, or what a change of the clock does to it.',
          }),
        ),
      }),
    ),
    holidays: t.Array(t.Object({ day: t.String({ examples: ['2026-12-25'] }), name: t.String() }), {
      description: 'The next of its calendar.',
    }),
  },
  {
    title: 'JobDetails',
    examples: [
      {
        ...JOB,
        conf_schema: null,
        next: [{ slot: '2026-11-21T05:00:00.000Z', local: '2026-11-21T02:00:00-03:00', note: null }],
        holidays: [{ day: '2026-12-25', name: 'Christmas Day' }],
      },
    ],
  },
)
export const jobsPage = pageAnswer(jobAnswer)
export const pauseBody = t.Optional(
  t.Object(
    {
      reason: t.Optional(
        t.String({
          minLength: 1,
          maxLength: 500,
          ...NO_CONTROLS,
          description: 'Shown with the job until it is resumed.',
        }),
      ),
    },
    { title: 'PauseReason', additionalProperties: false, examples: [{ reason: 'The supplier migrates' }] },
  ),
)
export const pausedAnswer = t.Object(
  { name: t.String(), paused_at: orNull(time), pause_reason: orNull(t.String()) },
  {
    title: 'JobPause',
    examples: [{ name: 'process_data', paused_at: '2026-11-20T09:30:00.000Z', pause_reason: 'The supplier migrates' }],
  },
)

/** Hours of a longer time are more than a screen has. */
export const MOST_DAYS = { day: 371, hour: 31 } as const
export const calendarQuery = t.Object(
  {
    by: t.Optional(
      oneOf(UNITS, { description: 'A cell a day, which is the default, or an hour, of the clock of the job.' }),
    ),
    days: t.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MOST_DAYS.day,
        default: 14,
        description: `How many, the last of which is today; at most ${MOST_DAYS.hour} by the hour.`,
      }),
    ),
  },
  { additionalProperties: false },
)
export type CalendarQuery = Static<typeof calendarQuery>
export const calendarAnswer = t.Object(
  {
    timezone: t.String(),
    by: oneOf(UNITS),
    today: t.String({ description: 'The day by the clock of the job.', examples: ['2026-11-20'] }),
    cells: t.Array(
      t.Object({
        local: t.String({ description: 'The day, or the hour as 2026-11-20T05, by the clock of the job.' }),
        from: time,
        to: time,
        outcomes: t.Record(t.String(), t.Integer(), {
          description: `How many scheduled times, and runs without one, came to what: ${OUTCOMES.join(', ')}.`,
        }),
        run_id: orNull(t.String({ format: 'uuid', description: 'The newest run that failed, else the newest.' })),
      }),
      { description: 'Those in which something was scheduled or ran, oldest first.' },
    ),
  },
  {
    title: 'JobCalendar',
    examples: [
      {
        timezone: 'America/Sao_Paulo',
        by: 'day',
        today: '2026-11-20',
        cells: [
          {
            local: '2026-11-20',
            from: '2026-11-20T03:00:00.000Z',
            to: '2026-11-21T03:00:00.000Z',
            outcomes: { ran: 1 },
            run_id: RUN,
          },
        ],
      },
    ],
  },
)

export const slotsPage = pageAnswer(
  t.Object(
    {
      slot: time,
      slot_until: orNull(
        t.String({ format: 'date-time', description: 'The last of `count` slots that share this row.' }),
      ),
      count: t.Integer(),
      state: oneOf(SLOT_STATES),
      run_id: orNull(id),
      holiday: orNull(t.String({ description: 'Which one it is on, where that is the state.' })),
      backfilled: t.Integer({ description: 'How many of them a backfill has given a run since.' }),
    },
    {
      title: 'Slot',
      examples: [
        {
          slot: '2026-11-20T05:00:00.000Z',
          slot_until: null,
          count: 1,
          state: 'ran',
          run_id: RUN,
          holiday: null,
          backfilled: 0,
        },
      ],
    },
  ),
)
export const listQuery = t.Object(pageQuery, { additionalProperties: false })
export type ListQuery = Static<typeof listQuery>
