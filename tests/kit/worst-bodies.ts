/** JSON that takes longest to read, to check and to refuse, each text as large as a limit allows. */

interface Schema {
  $ref?: string
  anyOf?: Schema[]
  properties?: Record<string, Schema>
  items?: Schema
  examples?: unknown[]
}

interface Operation {
  description: string
  requestBody?: { content: Record<string, { schema: Schema }> }
}

export interface BodyRoute {
  method: string
  /** With {id} and {name}. */
  path: string
  limit_bytes: number
  /** By what they are; those of single fields for the first route of a schema alone. */
  bodies(): Record<string, string>
}

/** Every route of the OpenAPI document that takes JSON. */
export function routesWithBodies(document: object): BodyRoute[] {
  const { paths } = document as { paths: Record<string, Record<string, Operation>> }
  const resolve = (ref: string): Schema =>
    ref
      .slice(2)
      .split('/')
      .reduce<any>((part, key) => part[key], document)
  const seen = new Set<string>()
  const routes: BodyRoute[] = []
  for (const [path, methods] of Object.entries(paths))
    for (const [method, { description, requestBody }] of Object.entries(methods)) {
      const schema = requestBody?.content['application/json']?.schema
      if (!schema) continue
      const limit_bytes = 1024 * Number(/The body has at most (\d+) KiB/.exec(description)?.[1] ?? 1024)
      const known = seen.has(JSON.stringify(schema))
      seen.add(JSON.stringify(schema))
      const named = schema.$ref ? resolve(schema.$ref) : schema
      const bodies = () => ({ ...worstBodies(limit_bytes), ...(!known && worstFields(named, resolve, limit_bytes)) })
      routes.push({ method: method.toUpperCase(), path, limit_bytes, bodies })
    }
  return routes
}

/** As many values as one body may hold, or a few less. */
const MOST = 19_900

/** By what they are. */
export function worstBodies(size_bytes: number): Record<string, string> {
  const unknown = object(18)
  return {
    ...worstValues(size_bytes),
    'numbers beyond counting': list('1', size_bytes),
    texts: `[${Array(fitting(size_bytes, MOST)).fill('"aaaaaaaa"').join(',')}]`,
    escapes: `"${String.raw`\u0000`.repeat(Math.floor((size_bytes - 2) / 6))}"`,
    'empty lists': list('[]', size_bytes),
    'empty objects': list('{}', size_bytes),
    'as deep as it may be': list('['.repeat(60) + ']'.repeat(60), size_bytes),
    'deeper than it may be': '['.repeat(size_bytes / 2) + ']'.repeat(size_bytes / 2),
    'objects in fields': object(fitting(size_bytes, MOST / 2), '{"":0}'),
    'fields beyond counting': object(Math.floor(size_bytes / 12)),
    'a thousand empty objects': `[${Array(fitting(size_bytes, 1000)).fill('{}').join(',')}]`,
    'a thousand objects of unknown fields': list(unknown, Math.min(size_bytes, 1000 * unknown.length)),
    'one long name': `{"${'a'.repeat(size_bytes - 10)}":1}`,
    'one long name of slashes': `{"${'~/'.repeat(size_bytes / 2 - 10)}":1}`,
    'long names of slashes': `{${Array.from({ length: Math.min(1000, Math.floor(size_bytes / 1000)) }, (_, i) => `"${i}${'~/'.repeat(490)}":1`).join(',')}}`,
  }
}

/** Bodies that fit but for one field, for each field of a body of `schema`, and lists of bodies that fit. */
function worstFields(schema: Schema, resolve: (ref: string) => Schema, size_bytes: number) {
  const { examples: [first] = [{}] } = schema
  const [fits = {}] = [first].flat() as Record<string, unknown>[]
  const bodies: Record<string, string> = {
    'a list of what fits': list(JSON.stringify(fits), size_bytes),
  }
  for (const field of fieldsOf(schema, resolve)) {
    const { [field]: _, ...rest } = fits
    const before = `${JSON.stringify(rest).slice(0, -1)}${Object.keys(rest).length > 0 ? ',' : ''}"${field}":`
    for (const [name, value] of Object.entries(worstValues(size_bytes - before.length - 1)))
      bodies[`${field}: ${name}`] = `${before}${value}}`
  }
  return bodies
}

const worstValues = (size: number) => ({
  numbers: `[${Array(fitting(size, MOST)).fill(1).join(',')}]`,
  fields: object(fitting(size, MOST)),
  letters: `"${'a'.repeat(size - 2)}"`,
  blanks: `" ${' '.repeat(size - 4)}x"`,
  'a decimal': `"1.${'0'.repeat(size - 5)}x"`,
  'a number': '1'.repeat(size),
})

const fitting = (size_bytes: number, most: number) => Math.min(most, Math.floor(size_bytes / 52))

const list = (part: string, size_bytes: number) =>
  `[${Array(Math.floor((size_bytes - 2) / (part.length + 1)))
    .fill(part)
    .join(',')}]`

const object = (length: number, value = '1') =>
  `{${Array.from({ length }, (_, i) => `"k${i.toString(36)}":${value}`).join(',')}}`

function fieldsOf(schema: Schema, resolve: (ref: string) => Schema): string[] {
  if (schema.$ref) return fieldsOf(resolve(schema.$ref), resolve)
  if (schema.anyOf) return [...new Set(schema.anyOf.flatMap((one) => fieldsOf(one, resolve)))]
  if (schema.items) return fieldsOf(schema.items, resolve)
  return Object.keys(schema.properties ?? {})
}
