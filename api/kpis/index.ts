import { Elysia } from 'elysia'
import { stretchOf } from '../../db/monitoring/kpi-facts.ts'
import { isOk, kpiSeries, kpisOf, type Kpi } from '../../db/monitoring/kpis.ts'
import { textIn } from '../../lib/texts.ts'
import type { ApiContext } from '../context.ts'
import { languageOf } from '../http/language.ts'
import { responses } from '../http/responses.ts'
import { kpisAnswer, kpisQuery, type KpisQuery } from './model.ts'

export function kpis({ config, db }: ApiContext) {
  const answer = async ({ query, request }: { query: KpisQuery; request: Request }) => {
    const { hours = 24, points } = query
    const locale = languageOf(request, config.locale)
    const stretch = await stretchOf(db.sql, hours)
    const [whole, series] = await Promise.all([
      kpisOf(db.sql, stretch),
      points === undefined ? undefined : kpiSeries(db.sql, stretch, points),
    ])
    const items = whole.map((one, place) => ({
      ...one,
      ok: isOk(one),
      reason: one.reason && textIn(one.reason, locale),
      ...(series && { series: series.map((part) => pointOf(part[place]!)) }),
    }))
    return { hours, items }
  }
  return new Elysia({ name: 'kpis' }).get('/kpis', answer, {
    query: kpisQuery,
    detail: {
      tags: ['health'],
      access: 'viewer',
      summary: 'How well the system did, with targets',
      description:
        'Computed from what happened in the last hours. Uptime counts ticks of the probe (every 15 s) since the first on ' +
        'record: one at which nobody looked, because the machine, the jobs or the database were away, is not up.',
      responses: responses({ 200: kpisAnswer }, [422]),
    },
  })
}

const pointOf = (kpi: Kpi) => {
  const { window, value, samples, parts } = kpi
  return { ...window, value, ok: isOk(kpi), samples, parts }
}
