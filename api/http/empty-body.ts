import { t } from 'elysia'

/** Of a POST that takes nothing: no body, or {}. */
export const emptyBody = t.Optional(t.Object({}, { additionalProperties: false }))
