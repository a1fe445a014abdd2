import { Type } from '@sinclair/typebox'
import { t, type Static } from 'elysia'
import { oneOf } from '../http/schemas.ts'

/** As long as the probe's samples are kept. */
const MOST_HOURS = 744

export const kpisQuery = t.Object(
  {
    hours: t.Optional(
      Type.Integer({ minimum: 1, maximum: MOST_HOURS, default: 24, description: 'How far back to look.' }),
    ),
    points: t.Optional(
      Type.Integer({ minimum: 2, maximum: 96, description: 'Adds a series of so many parts of equal length.' }),
    ),
  },
  { additionalProperties: false },
)
export type KpisQuery = Static<typeof kpisQuery>

const stretch = { from: t.String({ format: 'date-time' }), to: t.String({ format: 'date-time' }) }

const kpi = t.Object(
  {
    name: oneOf(['uptime', 'latency', 'errors', 'job_success', 'alert_response', 'freshness']),
    statistic: oneOf(['share', 'p95', 'mean', 'most'], {
      description: 'What of the samples the value is. A p95, which 95 % do not exceed, is exact to 10 %.',
    }),
    value: t.Union([t.Number(), t.Null()], { description: 'null where nothing has happened yet.' }),
    unit: oneOf(['%', 'ms', 's']),
    target: t.Object({
      is: oneOf(['above', 'below'], { description: 'The side of value that is good.' }),
      value: t.Number(),
    }),
    ok: t.Union([t.Boolean(), t.Null()]),
    window: t.Object(stretch),
    samples: t.Integer({ description: 'What it was computed from: ticks, answers, runs, alerts.' }),
    parts: t.Record(t.String(), t.Number(), { description: 'What samples is made of.' }),
    reason: t.Union([t.String(), t.Null()], { description: 'Why there is no value.' }),
    series: t.Optional(
      t.Array(
        t.Object({
          ...stretch,
          value: t.Union([t.Number(), t.Null()]),
          ok: t.Union([t.Boolean(), t.Null()]),
          samples: t.Integer(),
          parts: t.Record(t.String(), t.Number()),
        }),
        { description: 'The same for each part of the time, oldest first; only with `points`.' },
      ),
    ),
  },
  { title: 'Kpi' },
)

export const kpisAnswer = t.Object(
  { hours: t.Integer({ description: 'How far back it looked.' }), items: t.Array(kpi) },
  {
    title: 'Kpis',
    examples: [
      {
        hours: 24,
        items: [
          {
            name: 'uptime',
            statistic: 'share',
            value: 99.98,
            unit: '%',
            target: { is: 'above', value: 99.9 },
            ok: true,
            window: { from: '2026-11-19T09:30:00.000Z', to: '2026-11-20T09:30:00.000Z' },
            samples: 5760,
            parts: { up: 5759, down: 1, not_observed: 0 },
            reason: null,
          },
        ],
      },
    ],
  },
)
