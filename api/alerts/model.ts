import { t, type Static } from 'elysia'
import { ALIASES, RULE_NAMES, SEVERITIES, type Alias, type RuleName } from '../../db/alerts/rules.ts'
import { ALERT_STATES, NOTIFICATION_KINDS } from '../../db/alerts/table.ts'
import { MEANING } from '../../lib/validation-texts.ts'
import { NO_CONTROLS, oneOf, orNull, time, timestamp } from '../http/schemas.ts'
import { pageAnswer, pageQuery } from '../http/pagination.ts'

const id = t.String({ format: 'uuid' })
const names = [...RULE_NAMES, ...Object.keys(ALIASES)] as unknown as [RuleName | Alias]
const rule = (description: string) => oneOf(names, { description })
/** As a subject is kept: on one line. */
const line = (maxLength: number, description: string) =>
  t.String({
    minLength: 1,
    maxLength,
    pattern: /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/.source,
    description,
    [MEANING]: {
      en: 'a text on one line, without control characters',
      pt: 'um texto em uma linha, sem caracteres de controle',
    },
  })

export const alertsQuery = t.Object(
  {
    state: t.Optional(oneOf(ALERT_STATES, { description: 'Alerts in this state.' })),
    severity: t.Optional(oneOf(SEVERITIES, { description: 'Alerts of this severity.' })),
    rule: t.Optional(rule('Alerts of this rule.')),
    q: t.Optional(
      t.String({
        minLength: 1,
        maxLength: 200,
        ...NO_CONTROLS,
        description: 'A part of the subject, or of the name of the rule; case does not matter.',
      }),
    ),
    silenced: t.Optional(t.Boolean({ description: 'true: those that a silence keeps from being told.' })),
    needs_person: t.Optional(
      t.Boolean({
        description:
          'true: those that fire, that nobody has taken note of, that no silence holds back, and that are no consequence of another.',
      }),
    ),
    sort: t.Optional(
      oneOf(['newest', 'worst'], {
        description:
          'worst: what lasts before what is over, what nobody has noted before what somebody has, then by severity, and what has lasted longest first.',
      }),
    ),
    ...pageQuery,
  },
  { additionalProperties: false },
)
export type AlertsQuery = Static<typeof alertsQuery>

const alertFields = {
  id,
  name: t.String({ description: 'The rule, or the name under which whoever caused it knows it.' }),
  rule: t.String(),
  title: t.String({ description: 'What is wrong, in words.' }),
  subject: t.String({ description: 'What it is about: a job, an engine, a machine.' }),
  severity: oneOf(SEVERITIES),
  state: oneOf(ALERT_STATES),
  detail: t.String({ description: 'The last failure in words.' }),
  failures: t.Integer({ description: 'In a row.' }),
  opened_at: time,
  last_failed_at: time,
  fired_at: orNull(time),
  resolved_at: orNull(time),
  acknowledged_at: orNull(time),
  acknowledged_by: t.Union([t.String(), t.Null()]),
  acknowledged_note: t.Union([t.String({ description: 'What whoever took note has said of it.' }), t.Null()]),
  caused_by: t.Union([
    t.String({ format: 'uuid', description: 'The alert that it is a consequence of; it is not told.' }),
    t.Null(),
  ]),
  flapping_at: t.Union([
    t.String({
      format: 'date-time',
      description: 'Since when it fires and recovers so often that its changes are no longer told.',
    }),
    t.Null(),
  ]),
  steady_at: t.Union([t.String({ format: 'date-time', description: 'When that was over.' }), t.Null()]),
  silenced: t.Boolean({ description: 'It lasts, and a silence keeps it from being told.' }),
}
const ALERT = {
  id: '01a1fc6d-ba26-771a-b067-b72d1b4570e8',
  name: 'JOB_FAILED',
  rule: 'JOB_FAILED',
  title: 'the job process_data failed',
  subject: 'process_data',
  severity: 'ERROR',
  state: 'firing',
  detail: 'The API has not answered within 30 s.',
  failures: 1,
  opened_at: '2026-11-20T05:00:31.000Z',
  last_failed_at: '2026-11-20T05:00:31.000Z',
  fired_at: '2026-11-20T05:00:31.000Z',
  resolved_at: null,
  acknowledged_at: null,
  acknowledged_by: null,
  acknowledged_note: null,
  caused_by: null,
  flapping_at: null,
  steady_at: null,
  silenced: false,
}
export const alertAnswer = t.Object(alertFields, { title: 'Alert', examples: [ALERT] })
export const alertsPage = pageAnswer(alertAnswer)
export const alertDetails = t.Object(
  {
    ...alertFields,
    advice: t.String({ description: 'What to do next.' }),
    command: t.String({ description: 'Shows more of it, on the machine.' }),
    path: t.Union([t.String({ description: 'Of what it came of, here: a run, dead letters, orders.' }), t.Null()]),
    notifications: t.Array(
      t.Object({
        channel: t.String(),
        kind: oneOf(NOTIFICATION_KINDS),
        created_at: time,
        attempts: t.Integer(),
        sent_at: orNull(time),
        dead_at: t.Union([t.String({ format: 'date-time', description: 'When it was given up.' }), t.Null()]),
        last_error: t.Union([t.String(), t.Null()]),
      }),
      { description: 'What was told where, in order.' },
    ),
  },
  {
    title: 'AlertDetails',
    examples: [
      {
        ...ALERT,
        advice: "Read the run's log, repair the cause, and repeat the run with `bun run jobs retry` and its id.",
        command: 'bun run jobs show 01a1fc6d-ba26-771a-b067-b72d1b4570e9',
        path: '/runs/01a1fc6d-ba26-771a-b067-b72d1b4570e9',
        notifications: [
          {
            channel: 'slack',
            kind: 'firing',
            created_at: '2026-11-20T05:00:31.000Z',
            attempts: 1,
            sent_at: '2026-11-20T05:00:32.000Z',
            dead_at: null,
            last_error: null,
          },
        ],
      },
    ],
  },
)

export const ackBody = t.Optional(
  t.Object(
    { note: t.Optional(line(500, 'What you know of it, or are doing about it.')) },
    { title: 'Acknowledgement', additionalProperties: false, examples: [{ note: 'The provider is at it.' }, {}] },
  ),
)

export const silencesQuery = t.Object(
  { active: t.Optional(t.Boolean({ description: 'true: those that last now.' })), ...pageQuery },
  { additionalProperties: false },
)
export type SilencesQuery = Static<typeof silencesQuery>

export const silenceBody = t.Object(
  {
    rule: t.Optional(rule('Unset: every rule.')),
    subject: t.Optional(line(200, 'Unset: every subject.')),
    starts_at: t.Optional(timestamp('Unset: now.')),
    ends_at: timestamp('It ends by itself, within a year.'),
    reason: line(500, 'For whoever wonders why nothing was told.'),
  },
  {
    title: 'NewSilence',
    additionalProperties: false,
    examples: [{ rule: 'JOB_FAILED', subject: 'process_data', ends_at: '2026-12-24T18:00:00Z', reason: 'Migration' }],
  },
)
export type SilenceBody = Static<typeof silenceBody>

export const silenceAnswer = t.Object(
  {
    id,
    rule: t.Union([t.String(), t.Null()]),
    subject: t.Union([t.String(), t.Null()]),
    starts_at: time,
    ends_at: time,
    reason: t.String(),
    created_by: t.String(),
    created_at: time,
    active: t.Boolean({ description: 'It lasts now.' }),
  },
  {
    title: 'Silence',
    examples: [
      {
        id: '01a1fc6d-ba26-771a-b067-b72d1b4570e8',
        rule: 'JOB_FAILED',
        subject: 'process_data',
        starts_at: '2026-12-24T12:00:00.000Z',
        ends_at: '2026-12-24T18:00:00.000Z',
        reason: 'Migration',
        created_by: 'admin',
        created_at: '2026-12-20T09:30:00.000Z',
        active: false,
      },
    ],
  },
)
export const silencesPage = pageAnswer(silenceAnswer)
