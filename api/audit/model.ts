import { t } from 'elysia'
import { AUDIT_ACTIONS } from '../../db/audit/audit.ts'
import { NO_CONTROLS, oneOf } from '../http/schemas.ts'
import { pageQuery } from '../http/pagination.ts'

const name = (description: string) =>
  t.Optional(t.String({ minLength: 1, maxLength: 150, ...NO_CONTROLS, description }))
const moment = (description: string) => t.Optional(t.String({ format: 'date-time', description }))

export const listQuery = t.Object(
  {
    action: t.Optional(oneOf(AUDIT_ACTIONS as unknown as [(typeof AUDIT_ACTIONS)[number]])),
    actor: name('Name or id of the user who acted; case does not matter.'),
    target: name('Name of the user it happened to.'),
    from: moment('From this time on.'),
    to: moment('Before this time.'),
    ...pageQuery,
  },
  { additionalProperties: false },
)
export type ListQuery = typeof listQuery.static

const nullable = t.Nullable(t.String())
export const listAnswer = t.Object({
  items: t.Array(
    t.Object({
      id: t.String({ format: 'uuid' }),
      at: t.String({ format: 'date-time' }),
      actor_id: t.Nullable(t.String({ format: 'uuid' })),
      actor_name: nullable,
      action: t.String(),
      target: nullable,
      address: nullable,
      request_id: nullable,
      details: t.Record(t.String(), t.Unknown()),
    }),
  ),
  next_cursor: nullable,
})
