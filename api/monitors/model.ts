import { t, type Static } from 'elysia'
import { MONITOR_KINDS, MONITOR_NAME } from '../../db/monitors/spec.ts'
import { MONITOR_EVENTS, MONITOR_STATES } from '../../db/monitors/table.ts'
import { MEANING } from '../../lib/validation-texts.ts'
import { pageAnswer, pageQuery } from '../http/pagination.ts'
import { oneOf, orNull, time } from '../http/schemas.ts'

export const monitorParams = t.Object({
  name: t.String({
    pattern: MONITOR_NAME.source,
    description: 'The name of a monitor.',
    [MEANING]: {
      en: 'the name of a monitor: a lower-case letter, then up to 62 lower-case letters, digits and _',
      pt: 'o nome de um monitor: uma letra minúscula e depois até 62 letras minúsculas, dígitos e _',
    },
  }),
})

export const monitorsQuery = t.Object(pageQuery, { additionalProperties: false })
export type MonitorsQuery = Static<typeof monitorsQuery>

const figures = {
  uptime_percent: orNull(
    t.Number({ description: 'The share of good checks; what nobody checked does not count as good.' }),
  ),
  latency_mean_ms: orNull(t.Number({ description: 'Of good checks; of a push monitor, from /start to the end.' })),
  latency_max_ms: orNull(t.Number()),
}

const MONITOR = {
  name: 'shop',
  kind: 'http',
  target: 'https://loja.example.com/',
  every_s: 60,
  deadline: null,
  state: 'up',
  since: '2026-11-20T09:30:00.000Z',
  reason: null,
  detail: null,
  checked_at: '2026-11-20T12:00:00.000Z',
  latency_ms: 84.2,
  started_at: null,
  certificate_ends_at: '2027-01-31T23:59:59.000Z',
  gone_at: null,
  last_day: { uptime_percent: 99.93, latency_mean_ms: 91.5, latency_max_ms: 640 },
  days: [{ from: '2026-11-19T12:00:00.000Z', to: '2026-11-20T12:00:00.000Z', good: 1439, failed: 1 }],
}
export const monitorAnswer = t.Object(
  {
    name: t.String(),
    kind: oneOf(MONITOR_KINDS),
    target: t.String({ description: 'What it asks, or when it expects a ping.' }),
    every_s: orNull(t.Number({ description: 'From one check to the next; null for a push monitor.' })),
    deadline: orNull(t.String({ format: 'date-time', description: 'Until when the next ping is to have come.' })),
    state: oneOf(MONITOR_STATES),
    since: time,
    reason: orNull(t.String({ description: 'Why it fails, for programs.' })),
    detail: orNull(t.String({ description: 'The same for people.' })),
    checked_at: orNull(t.String({ format: 'date-time', description: 'The last check, or the last ping or deadline.' })),
    latency_ms: orNull(t.Number()),
    started_at: orNull(t.String({ format: 'date-time', description: 'Of a job that has begun and is not done.' })),
    certificate_ends_at: orNull(time),
    gone_at: orNull(t.String({ format: 'date-time', description: 'Since when no running program has its file.' })),
    last_day: t.Object(figures),
    days: t.Array(t.Object({ from: time, to: time, good: t.Integer(), failed: t.Integer() }), {
      description: 'Its checks or pings by spans of 24 hours, the last of which ends now; at most 30, oldest first.',
    }),
  },
  { title: 'Monitor', examples: [MONITOR] },
)
export const monitorsPage = pageAnswer(monitorAnswer)

export const monitorDetails = t.Object(
  {
    ...monitorAnswer.properties,
    ping_path: orNull(t.String({ description: 'Of a push monitor, for admins: it is a secret.' })),
    uptimes: t.Array(t.Object({ hours: t.Integer(), ...figures })),
    hours: t.Array(
      t.Object({
        hour: time,
        good: t.Integer(),
        failed: t.Integer(),
        latency_mean_ms: orNull(t.Number()),
        latency_max_ms: orNull(t.Number()),
      }),
      { description: 'The last 48 in which it was checked, newest first.' },
    ),
    events: t.Array(
      t.Object({
        id: t.Integer(),
        at: time,
        kind: oneOf(MONITOR_EVENTS),
        reason: orNull(t.String()),
        detail: orNull(t.String()),
        latency_ms: orNull(t.Number()),
        log: orNull(t.String({ description: 'The end of what came with a ping.' })),
      }),
      { description: 'Its last 100 changes and pings, newest first.' },
    ),
  },
  {
    title: 'MonitorDetails',
    examples: [
      {
        ...MONITOR,
        ping_path: null,
        uptimes: [{ hours: 24, ...MONITOR.last_day }],
        hours: [{ hour: '2026-11-20T12:00:00.000Z', good: 60, failed: 0, latency_mean_ms: 91.5, latency_max_ms: 640 }],
        events: [
          {
            id: 4711,
            at: '2026-11-20T09:30:00.000Z',
            kind: 'up',
            reason: null,
            detail: null,
            latency_ms: 88.1,
            log: null,
          },
        ],
      },
    ],
  },
)

/** Of any text, so that a wrong one is unknown and not explained. */
export const pingParams = t.Object({
  token: t.String({ maxLength: 200, description: 'The token of the push URL.' }),
})
export const pinged = t.Object(
  { monitor: t.String(), signal: oneOf(['success', 'start', 'fail']) },
  { title: 'RecordedPing', examples: [{ monitor: 'backup_loja', signal: 'success' }] },
)

/** A route's `detail.requestBody`. */
export const logBody = {
  description: 'What the job said, as text; the last 4,096 characters are kept.',
  required: false,
  content: { 'text/plain': { schema: { type: 'string', examples: ['120 files copied'] } as object } },
}
