import { Elysia } from 'elysia'
import { createAuditExporter } from '../../db/audit/export.ts'
import { listAudit } from '../../db/audit/audit.ts'
import type { ApiContext } from '../context.ts'
import { timestampOf } from '../http/schemas.ts'
import { csvFileHeaders, csvFormOf } from '../http/csv-form.ts'
import { answerPage } from '../http/pagination.ts'
import { responses } from '../http/responses.ts'
import { exportQuery, listAnswer, listQuery, type ExportQuery, type ListQuery } from './model.ts'

export function audit({ db: { sql }, log, streams }: ApiContext) {
  const exportCsv = createAuditExporter(sql, log)
  const list = ({ limit, cursor, ...query }: ListQuery) =>
    answerPage({ limit, cursor }, ['at', 'id'], (page) => listAudit(sql, filtersOf(query), page))
  return new Elysia({ name: 'audit' })
    .get('/audit', ({ query }) => list(query), {
      query: listQuery,
      detail: {
        tags: ['users'],
        access: 'admin',
        summary: 'Changes and security events, newest first; for admins',
        responses: responses({ 200: listAnswer }, [422]),
      },
    })
    .get(
      '/audit/export',
      ({ query: { excel, ...query }, request }) =>
        streams.answer(request, exportCsv(filtersOf(query), csvFormOf(excel, request)), csvFileHeaders('audit.csv')),
      {
        query: exportQuery,
        detail: {
          tags: ['users'],
          access: 'admin',
          summary: 'The same as CSV, all that the filters leave',
          description: 'Newest first, in one consistent snapshot. The last column is the JSON of `details`.',
          responses: responses(
            {
              200: {
                content: { 'text/csv': { schema: { type: 'string' }, example: CSV_EXAMPLE } },
                headers: ['Content-Disposition'],
              },
            },
            [422],
          ),
        },
      },
    )
}

const filtersOf = ({ from, to, ...filters }: Omit<ExportQuery, 'excel'>) => ({
  ...filters,
  from: from === undefined ? undefined : timestampOf('from', from),
  to: to === undefined ? undefined : timestampOf('to', to),
})

const CSV_EXAMPLE =
  'at,actor_name,action,target,address,actor_id,api_key_id,request_id,id,details\r\n2026-11-20T09:30:00.000Z,admin,user.created,maria,' +
  '192.0.2.7,01a1fc6d-ba26-771a-b067-b72d1b4570e9,,01a1fc6d-ba26-771a-b067-b72d1b4570ea,01a1fc6d-ba26-771a-b067-b72d1b4570e8,' +
  '"{""role"":""operator""}"\r\n'
