import { t, type Static } from 'elysia'
import { JOB_NAME } from '../../db/jobs/jobs.ts'
import { OVERLAPS, RUN_STATES, SLOT_STATES } from '../../db/jobs/table.ts'
import { MEANING } from '../../lib/validation-texts.ts'
import { DOCUMENTED } from '../http/openapi-schemas.ts'
import { oneOf, timestamp } from '../http/schemas.ts'
import { pageAnswer, pageQuery } from '../http/pagination.ts'
import { id, orNull, RUN, time } from './run-model.ts'

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
  paused_at: null,
  next_slot: '2026-11-21T05:00:00.000Z',
  seen_at: '2026-11-20T09:30:00.000Z',
  gone_at: null,
  problem: null,
  last_run: { id: RUN, state: 'succeeded', at: '2026-11-20T05:00:00.000Z' },
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
    paused_at: orNull(time),
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
    /** Runs that wait, and that run. */
    queued: t.Integer(),
    running: t.Integer(),
  },
  {
    title: 'JobDetails',
    examples: [
      {
        ...JOB,
        conf_schema: null,
        next: [{ slot: '2026-11-21T05:00:00.000Z', local: '2026-11-21T02:00:00-03:00', note: null }],
        queued: 0,
        running: 0,
      },
    ],
  },
)
export const jobsPage = pageAnswer(jobAnswer)
export const pausedAnswer = t.Object(
  { name: t.String(), paused_at: orNull(time) },
  { title: 'JobPause', examples: [{ name: 'process_data', paused_at: '2026-11-20T09:30:00.000Z' }] },
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
