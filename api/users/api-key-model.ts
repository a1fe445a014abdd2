import { t } from 'elysia'
import { MAX_KEY_NAME } from '../../db/users/api-keys/own-keys.ts'
import { USER_ROLES } from '../../db/users/table.ts'
import { DOCUMENTED } from '../http/openapi-schemas.ts'
import { pageAnswer, pageQuery } from '../http/pagination.ts'
import { idParams, oneOf, timestamp } from '../http/schemas.ts'

export const keyBody = t.Object(
  {
    name: t.String({
      minLength: 1,
      maxLength: 2 * MAX_KEY_NAME,
      [DOCUMENTED]: { maxLength: MAX_KEY_NAME },
      description: `1 to ${MAX_KEY_NAME} visible characters, such as the name of the script; once for a user, whatever the case.`,
    }),
    role: oneOf(USER_ROLES, { description: 'The most that the key may do: at most your own role.' }),
    expires_at: timestamp('When it ends: in the future, and within API_KEY_MAX_DAYS.'),
  },
  {
    title: 'NewApiKey',
    additionalProperties: false,
    examples: [{ name: 'stock import', role: 'operator', expires_at: '2027-11-20T12:00:00Z' }],
  },
)

const KEY = {
  id: '01a1fc6d-ba26-771a-b067-b72d1b4570ea',
  name: 'stock import',
  start: 'doca_SudV',
  role: 'operator',
  created_at: '2026-11-20T12:00:00.000Z',
  expires_at: '2027-11-20T12:00:00.000Z',
  last_used_at: null,
  last_used_address: null,
}

const key = {
  id: t.String({ format: 'uuid' }),
  name: t.String(),
  start: t.String({ description: 'Its first characters, to know it by.' }),
  role: oneOf(USER_ROLES, { description: 'The most that it may do; never more than its user may.' }),
  created_at: t.String({ format: 'date-time' }),
  expires_at: t.String({ format: 'date-time', description: 'An ended key stays in the list for 30 days.' }),
  last_used_at: t.Nullable(t.String({ format: 'date-time', description: 'To a minute.' })),
  last_used_address: t.Nullable(t.String()),
}

export const keysAnswer = pageAnswer(t.Object(key, { title: 'ApiKey', examples: [KEY] }))

export const newKeyAnswer = t.Object(
  {
    ...key,
    key: t.String({
      pattern: /^doca_[0-9A-Za-z]{49}$/.source,
      description: 'For `Authorization: Bearer …`. Shown this once: only a hash of it is kept.',
    }),
  },
  {
    title: 'MadeApiKey',
    examples: [{ ...KEY, key: 'doca_SudVPhKXYyhYTvYE1Oq0A6La1bXX3yRplioStRMHe4m1eiiWw' }],
  },
)

export const keysQuery = t.Object(pageQuery, { additionalProperties: false })

export const userKeyParams = t.Object({ ...idParams.properties, key_id: idParams.properties.id })
