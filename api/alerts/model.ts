import { t, type Static } from 'elysia'
import { ALIASES, RULE_NAMES, SEVERITIES, type Alias, type RuleName } from '../../db/alerts/rules.ts'
import { ALERT_STATES, NOTIFICATION_KINDS } from '../../db/alerts/table.ts'
import { MEANING } from '../../lib/validation-texts.ts'
import { oneOf } from '../http/schemas.ts'
import { pageQuery } from '../http/pagination.ts'

const id = t.String({ format: 'uuid' })
const time = t.String({ format: 'date-time' })
const nullable = (schema: typeof time) => t.Union([schema, t.Null()])
const names = [...RULE_NAMES, ...Object.keys(ALIASES)] as unknown as [RuleName | Alias]
const rule = () => oneOf(names)
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
    state: t.Optional(oneOf(ALERT_STATES)),
    severity: t.Optional(oneOf(SEVERITIES)),
    rule: t.Optional(rule()),
    ...pageQuery,
  },
  { additionalProperties: false },
)
export type AlertsQuery = Static<typeof alertsQuery>

const alertFields = {
  id,
  name: t.String({ description: 'The rule, or the name under which whoever caused it knows it.' }),
  rule: t.String(),
  subject: t.String({ description: 'What it is about: a job, an engine, a machine.' }),
  severity: oneOf(SEVERITIES),
  state: oneOf(ALERT_STATES),
  detail: t.String({ description: 'The last failure in words.' }),
  failures: t.Integer(),
  opened_at: time,
  last_failed_at: time,
  fired_at: nullable(time),
  resolved_at: nullable(time),
  acknowledged_at: nullable(time),
  acknowledged_by: t.Union([t.String(), t.Null()]),
}
export const alertAnswer = t.Object(alertFields)
export const alertsPage = t.Object({ items: t.Array(alertAnswer), next_cursor: t.Union([t.String(), t.Null()]) })
export const alertDetails = t.Object({
  ...alertFields,
  notifications: t.Array(
    t.Object({
      channel: t.String(),
      kind: oneOf(NOTIFICATION_KINDS),
      created_at: time,
      attempts: t.Integer(),
      sent_at: nullable(time),
      dead_at: t.Union([t.String({ format: 'date-time', description: 'When it was given up.' }), t.Null()]),
      last_error: t.Union([t.String(), t.Null()]),
    }),
    { description: 'What was told where, in order.' },
  ),
})

export const silencesQuery = t.Object(
  { active: t.Optional(t.Boolean({ description: 'true: those that last now.' })), ...pageQuery },
  { additionalProperties: false },
)
export type SilencesQuery = Static<typeof silencesQuery>

export const silenceBody = t.Object(
  {
    rule: t.Optional(rule()),
    subject: t.Optional(line(200, 'Unset: every subject.')),
    starts_at: t.Optional(t.String({ format: 'date-time', description: 'Unset: now.' })),
    ends_at: t.String({ format: 'date-time', description: 'It ends by itself, within a year.' }),
    reason: line(500, 'For whoever wonders why nothing was told.'),
  },
  {
    additionalProperties: false,
    examples: [{ rule: 'JOB_FAILED', subject: 'process_data', ends_at: '2026-12-24T18:00:00Z', reason: 'Migration' }],
  },
)
export type SilenceBody = Static<typeof silenceBody>

export const silenceAnswer = t.Object({
  id,
  rule: t.Union([t.String(), t.Null()]),
  subject: t.Union([t.String(), t.Null()]),
  starts_at: time,
  ends_at: time,
  reason: t.String(),
  created_by: t.String(),
  created_at: time,
  active: t.Boolean(),
})
export const silencesPage = t.Object({ items: t.Array(silenceAnswer), next_cursor: t.Union([t.String(), t.Null()]) })
