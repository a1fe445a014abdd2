import { Type } from '@sinclair/typebox'
import { t } from 'elysia'

/** As long as the probe's samples are kept. */
const MOST_HOURS = 744

export const kpisQuery = t.Object(
  {
    hours: t.Optional(
      Type.Integer({ minimum: 1, maximum: MOST_HOURS, default: 24, description: 'How far back to look.' }),
    ),
  },
  { additionalProperties: false },
)

const kpi = t.Object({
  name: t.String({
    description: 'uptime, latency, errors, job_success, alert_response or freshness.',
  }),
  value: t.Union([t.Number(), t.Null()], { description: 'null where nothing has happened yet.' }),
  unit: t.String({ description: '% , ms or s.' }),
  target: t.Object({
    is: t.String({ description: 'above or below: the side of value that is good.' }),
    value: t.Number(),
  }),
  ok: t.Union([t.Boolean(), t.Null()]),
  window: t.Object({ from: t.String({ format: 'date-time' }), to: t.String({ format: 'date-time' }) }),
  samples: t.Integer({ description: 'What it was computed from: ticks, answers, runs, alerts.' }),
  parts: t.Record(t.String(), t.Number(), { description: 'What samples is made of.' }),
  reason: t.Union([t.String(), t.Null()], { description: 'Why there is no value.' }),
})

export const kpisAnswer = t.Object({ hours: t.Integer(), items: t.Array(kpi) })
