import { Elysia } from 'elysia'
import { listAudit } from '../../db/audit/audit.ts'
import type { ApiContext } from '../context.ts'
import { timestampOf } from '../http/schemas.ts'
import { answerPage } from '../http/pagination.ts'
import { responses } from '../http/responses.ts'
import { listAnswer, listQuery, type ListQuery } from './model.ts'

export function audit({ db: { sql } }: ApiContext) {
  const list = ({ limit, cursor, from, to, ...filters }: ListQuery) => {
    const times = {
      from: from === undefined ? undefined : timestampOf('from', from),
      to: to === undefined ? undefined : timestampOf('to', to),
    }
    return answerPage({ limit, cursor }, ['at', 'id'], (page) => listAudit(sql, { ...filters, ...times }, page))
  }
  return new Elysia({ name: 'audit' }).get('/audit', ({ query }) => list(query), {
    query: listQuery,
    detail: {
      tags: ['users'],
      access: 'admin',
      summary: 'Changes and security events, newest first; for admins',
      responses: responses({ 200: listAnswer }, [422]),
    },
  })
}
