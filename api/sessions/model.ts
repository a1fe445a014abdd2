import { t } from 'elysia'
import { pageAnswer, pageQuery } from '../http/pagination.ts'
import { idParams } from '../http/schemas.ts'

export const sessionItem = t.Object(
  {
    id: t.String({ format: 'uuid' }),
    created_at: t.String({ format: 'date-time', description: 'When it began, with a sign-in.' }),
    last_used_at: t.String({ format: 'date-time', description: 'Written once a minute.' }),
    address: t.Nullable(t.String({ description: 'Where it was last used from.' })),
    user_agent: t.Nullable(t.String({ description: 'What the browser or program calls itself.' })),
    current: t.Boolean({ description: 'It is the session of this request.' }),
  },
  {
    title: 'Session',
    examples: [
      {
        id: '01a1fc6d-ba26-771a-b067-b72d1b4570e9',
        created_at: '2026-11-20T09:30:00.000Z',
        last_used_at: '2026-11-20T12:00:00.000Z',
        address: '192.0.2.17',
        user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
        current: true,
      },
    ],
  },
)
export const listAnswer = pageAnswer(sessionItem)
export const listQuery = t.Object(pageQuery, { additionalProperties: false })
export type ListQuery = typeof listQuery.static

/** Of a user, and of one of their sessions. */
export const sessionParams = t.Object({ ...idParams.properties, sid: idParams.properties.id })
