import { t } from 'elysia'

/** The path parameter of a resource. The format alone would also take `urn:uuid:…`, which no engine reads. */
export const idParams = t.Object({
  id: t.String({ format: 'uuid', pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' }),
})
