import { Elysia } from 'elysia'
import {
  lastDays,
  lastEvents,
  lastHours,
  listMonitors,
  readMonitor,
  readUptimes,
  type DayRow,
  type MonitorEvent,
  type MonitorRow,
} from '../../db/monitors/read.ts'
import { targetOf } from '../../db/monitors/spec.ts'
import { pingToken } from '../../db/monitors/tokens.ts'
import { pageOf, type PageRequest } from '../../lib/page.ts'
import { textIn, type Locale } from '../../lib/texts.ts'
import type { ApiContext } from '../context.ts'
import { withSession } from '../http/authenticate.ts'
import { languageOf } from '../http/language.ts'
import { answerPage } from '../http/pagination.ts'
import { responses } from '../http/responses.ts'
import { monitorDetails, monitorParams, monitorsPage, monitorsQuery, type MonitorsQuery } from './model.ts'
import { pings } from './pings.ts'

const tags = ['monitors']

/** Of the details: hours of each figure, of the list of hours, and events. */
const UPTIMES_H = [24, 7 * 24, 30 * 24]
const HOURS = 48
const EVENTS = 100
/** Of a list and of the details. */
const DAYS = 30

export function monitors(context: ApiContext) {
  const { sql } = context.db
  return new Elysia({ name: 'monitors' })
    .use(pings(context))
    .use(withSession)
    .get('/monitors', ({ query, request }) => list(query, languageOf(request, context.config.locale)), {
      query: monitorsQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'Every monitor, by name, and how it does',
        description: 'What they ask is said by files of this installation alone.',
        responses: responses({ 200: monitorsPage }, [422]),
      },
    })
    .get(
      '/monitors/:name',
      ({ params, request, session }) =>
        details(params.name, session.role === 'admin', languageOf(request, context.config.locale)),
      {
        params: monitorParams,
        detail: {
          tags,
          access: 'viewer',
          summary: 'One monitor with its uptime, its last hours and its last changes',
          responses: responses({ 200: monitorDetails }, [404, 422]),
        },
      },
    )

  async function list(query: MonitorsQuery, locale: Locale) {
    const read = async ({ limit, after }: PageRequest<{ name: string }>) =>
      pageOf(await listMonitors(sql, { limit: limit + 1, after: after?.name }), limit, ({ name }) => ({ name }))
    const { items, next_cursor } = await answerPage(query, ['name'], read)
    const days = await lastDays(
      sql,
      items.map(({ name }) => name),
      DAYS,
    )
    return { items: items.map((one) => describe(one, days.get(one.name)!, locale)), next_cursor }
  }

  async function details(name: string, is_admin: boolean, locale: Locale) {
    const one = await readMonitor(sql, name)
    const [days, uptimes, hours, events] = await Promise.all([
      lastDays(sql, [name], DAYS),
      readUptimes(sql, name, UPTIMES_H),
      lastHours(sql, name, HOURS),
      lastEvents(sql, name, EVENTS),
    ])
    const ping_path = is_admin && one.kind === 'push' ? `/ping/${pingToken(context.ping_secret, name)}` : null
    return {
      ...describe(one, days.get(name)!, locale),
      ping_path,
      uptimes,
      hours,
      events: events.map((each) => describeEvent(each, locale)),
    }
  }
}

function describe(one: MonitorRow, days: DayRow[], locale: Locale) {
  const { name, kind, every_s, state, since, reason, detail, checked_at, latency_ms, ...more } = one
  const { started_at, certificate_ends_at, gone_at, uptime_percent, latency_mean_ms, latency_max_ms } = more
  return {
    name,
    kind,
    target: targetOf(one),
    every_s: kind === 'push' ? null : every_s,
    /** Of a push monitor: until when the next ping is to have come. */
    deadline: kind === 'push' && !gone_at ? one.next_at : null,
    state,
    since,
    reason,
    detail: detail && textIn(detail, locale),
    checked_at,
    latency_ms,
    started_at,
    certificate_ends_at,
    gone_at,
    last_day: { uptime_percent, latency_mean_ms, latency_max_ms },
    days,
  }
}

function describeEvent({ id, at, kind, reason, detail, latency_ms, log }: MonitorEvent, locale: Locale) {
  return { id, at, kind, reason, detail: detail && textIn(detail, locale), latency_ms, log }
}
