/**
 * The conf of a run as a person types it, by the JSON Schema of its job: a draft has a text for each value, a list for each
 * array and a record for each object; what the fields cannot show is JSON as text.
 */
export type Schema = Record<string, unknown>
export type Draft = string | Draft[] | { [name: string]: Draft }

export type Kind = 'object' | 'array' | 'choice' | 'boolean' | 'number' | 'text' | 'json'

/** By the path of the value, as the API names it: `/tags/0`. */
export type Mistakes = Record<string, string>

/** What is wrong with a text before the API is asked. */
export interface Sentences {
  no_number: string
  no_json: string
}

const isRecord = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Without the null that it also takes. */
export function plain(schema: Schema): Schema {
  const parts = Array.isArray(schema.anyOf) ? (schema.anyOf as Schema[]) : []
  const rest = parts.filter(({ type }) => type !== 'null')
  if (parts.length === 0 || rest.length === parts.length) return schema
  const { anyOf: _, ...others } = schema
  return rest.length === 1 ? { ...others, ...rest[0] } : { ...others, anyOf: rest }
}

export const takesNull = (schema: Schema): boolean => plain(schema) !== schema

/** The values of a choice; null for a schema that is none. */
export function choicesOf(schema: Schema): unknown[] | null {
  if (Array.isArray(schema.enum)) return schema.enum
  if ('const' in schema) return [schema.const]
  const parts = schema.anyOf
  if (!Array.isArray(parts) || !parts.every((part) => isRecord(part) && 'const' in part)) return null
  return parts.map((part) => (part as Schema).const)
}

export function kindOf(given: Schema): Kind {
  const schema = plain(given)
  if (choicesOf(schema)) return 'choice'
  if (schema.type === 'object') return isRecord(schema.properties) ? 'object' : 'json'
  if (schema.type === 'array') return isRecord(schema.items) ? 'array' : 'json'
  if (schema.type === 'boolean') return 'boolean'
  if (schema.type === 'number' || schema.type === 'integer') return 'number'
  return schema.type === 'string' ? 'text' : 'json'
}

/** Required ones first, in the order of the job's file; the database puts the names of an object in another. */
export function partsOf(schema: Schema): Array<[name: string, part: Schema]> {
  const { properties, required = [] } = plain(schema) as { properties: Record<string, Schema>; required?: string[] }
  const rest = Object.entries(properties).filter(([name]) => !required.includes(name))
  return [
    ...required.flatMap((name) => (properties[name] ? [[name, properties[name]] as [string, Schema]] : [])),
    ...rest,
  ]
}

export const itemOf = (schema: Schema): Schema => plain(schema).items as Schema

export const isRequired = (schema: Schema, name: string): boolean =>
  Array.isArray(plain(schema).required) && (plain(schema).required as unknown[]).includes(name)

/** With the schema's defaults, or with a value of before. */
export function draftOf(schema: Schema | null, value: unknown = schema?.default): Draft {
  if (schema === null) return value === undefined ? '{}' : JSON.stringify(value, null, 2)
  switch (kindOf(schema)) {
    case 'object': {
      const known = isRecord(value) ? value : {}
      return Object.fromEntries(
        partsOf(schema).map(([name, part]) => [name, draftOf(part, known[name] ?? part.default)]),
      )
    }
    case 'array':
      return Array.isArray(value) ? value.map((one) => draftOf(itemOf(schema), one)) : []
    case 'choice': {
      const place = choicesOf(plain(schema))!.indexOf(value)
      return place === -1 ? '' : String(place)
    }
    case 'json':
      return value === undefined ? '' : JSON.stringify(value, null, 2)
    default:
      if (value === undefined || value === null) return ''
      return schema.format === 'date-time' ? localTimeOf(String(value)) : String(value)
  }
}

/** The value of a draft, undefined for one that is left out, and what is wrong with its texts. */
export function valueOf(
  schema: Schema | null,
  draft: Draft,
  sentences: Sentences,
): { value: unknown; mistakes: Mistakes } {
  const mistakes: Mistakes = {}
  return { value: read(schema, draft, '', true), mistakes }

  function read(schema: Schema | null, draft: Draft, path: string, must: boolean): unknown {
    const kind = schema === null ? 'json' : kindOf(schema)
    if (kind === 'object') {
      const parts = partsOf(schema!).map(
        ([name, part]) =>
          [
            name,
            read(part, (draft as Record<string, Draft>)[name] ?? '', `${path}/${name}`, isRequired(schema!, name)),
          ] as const,
      )
      const given = parts.filter(([, value]) => value !== undefined)
      return given.length > 0 || must ? Object.fromEntries(given) : undefined
    }
    if (kind === 'array') {
      const items = (draft as Draft[]).map((one, place) => read(itemOf(schema!), one, `${path}/${place}`, true) ?? null)
      return items.length > 0 || must || schema!.default !== undefined ? items : undefined
    }
    const text = String(draft)
    if (text.trim() === '') return must && schema && takesNull(schema) ? null : undefined
    if (kind === 'choice') return choicesOf(plain(schema!))![Number(text)]
    if (kind === 'boolean') return text === 'true'
    if (kind === 'number') return number(text, path)
    if (kind === 'json') return json(text, path)
    return plain(schema!).format === 'date-time' ? new Date(text).toISOString() : text
  }

  function number(text: string, path: string): unknown {
    const value = Number(text.trim().replace(',', '.'))
    if (Number.isFinite(value)) return value
    mistakes[path] = sentences.no_number
    return undefined
  }

  function json(text: string, path: string): unknown {
    try {
      return JSON.parse(text)
    } catch (thrown) {
      mistakes[path] = `${sentences.no_json} ${(thrown as Error).message}`
      return undefined
    }
  }
}

function localTimeOf(iso: string): string {
  const time = new Date(iso)
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000)
  return Number.isNaN(time.getTime()) ? '' : local.toISOString().slice(0, 16)
}
