import { Elysia } from 'elysia'
import { isOk, readKpis } from '../../db/monitoring/kpis.ts'
import { textIn } from '../../lib/texts.ts'
import type { ApiContext } from '../context.ts'
import { languageOf } from '../http/language.ts'
import { responses } from '../http/responses.ts'
import { kpisAnswer, kpisQuery } from './model.ts'

export function kpis({ config, db }: ApiContext) {
  const answer = async ({ query, request }: { query: { hours?: number }; request: Request }) => {
    const { hours = 24 } = query
    const locale = languageOf(request, config.locale)
    const items = (await readKpis(db.sql, hours)).map((one) => ({
      ...one,
      ok: isOk(one),
      reason: one.reason && textIn(one.reason, locale),
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
