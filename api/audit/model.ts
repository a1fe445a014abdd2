import { t } from 'elysia'
import { AUDIT_ACTIONS } from '../../db/audit/audit.ts'
import { NO_CONTROLS, oneOf, timestamp } from '../http/schemas.ts'
import { excelQuery } from '../http/csv-form.ts'
import { pageAnswer, pageQuery } from '../http/pagination.ts'

const name = (description: string) =>
  t.Optional(t.String({ minLength: 1, maxLength: 150, ...NO_CONTROLS, description }))

const filters = {
  action: t.Optional(
    oneOf(AUDIT_ACTIONS as unknown as [(typeof AUDIT_ACTIONS)[number]], { description: 'What happened.' }),
  ),
  actor: name('Name or id of the user who acted; case does not matter.'),
  target: name('Name of what it happened to: a user, a job, the sku of an item, a file; case does not matter.'),
  from: t.Optional(timestamp('From this time on.')),
  to: t.Optional(timestamp('Before this time.')),
}

export const listQuery = t.Object({ ...filters, ...pageQuery }, { additionalProperties: false })
export type ListQuery = typeof listQuery.static

export const exportQuery = t.Object({ ...filters, ...excelQuery }, { additionalProperties: false })
export type ExportQuery = typeof exportQuery.static

const nullable = t.Nullable(t.String())
const entry = t.Object(
  {
    id: t.String({ format: 'uuid' }),
    at: t.String({ format: 'date-time' }),
    actor_id: t.Nullable(t.String({ format: 'uuid' }), { description: 'null for somebody who is not signed in.' }),
    actor_name: nullable,
    api_key_id: t.Nullable(t.String({ format: 'uuid' }), {
      description: 'The API key that it was done with; null for a session.',
    }),
    action: t.String(),
    target: t.Nullable(t.String(), {
      description: 'Name of what it happened to: a user, a job, the sku of an item, a file.',
    }),
    address: t.Nullable(t.String(), { description: 'From where; null for the command line.' }),
    request_id: t.Nullable(t.String(), { description: 'The id of the request in the logs.' }),
    details: t.Record(t.String(), t.Unknown(), {
      description: 'Of a change of an item its id and fields, `before` and `after`; of a file its size and SHA-256.',
    }),
  },
  {
    title: 'AuditEntry',
    examples: [
      {
        id: '01a1fc6d-ba26-771a-b067-b72d1b4570e8',
        at: '2026-11-20T09:30:00.000Z',
        actor_id: '01a1fc6d-ba26-771a-b067-b72d1b4570e9',
        actor_name: 'admin',
        api_key_id: null,
        action: 'user.created',
        target: 'maria',
        address: '192.0.2.7',
        request_id: '01a1fc6d-ba26-771a-b067-b72d1b4570ea',
        details: { role: 'operator' },
      },
    ],
  },
)
export const listAnswer = pageAnswer(entry)
