import { Elysia } from 'elysia'
import type { ApiContext } from '../context.ts'
import { responses } from '../http/responses.ts'
import { listAnswer, listQuery } from './model.ts'
import { readAudit } from './service.ts'

export function audit({ db: { sql } }: ApiContext) {
  return new Elysia({ name: 'audit' }).get('/audit', ({ query }) => readAudit(sql, query), {
    query: listQuery,
    detail: {
      tags: ['users'],
      summary: 'Security events, newest first; for admins',
      responses: responses({ 200: listAnswer }, [422]),
    },
  })
}
