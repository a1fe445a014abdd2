/** The conf of a run as a person types it: a text for each property of its job's JSON Schema, or JSON. */
export type Conf = Record<string, unknown>
export type Schema = Record<string, unknown>

interface Property {
  type: 'string' | 'number' | 'integer' | 'boolean'
  choices: string[] | null
  description: string | undefined
  standard: unknown
  isRequired: boolean
}

/** The input as it was typed: JSON, or a text a field. */
export type Typed = { json: string } | { fields: Record<string, string> }

export function startOf(schema: Schema | null): Typed {
  const properties = propertiesOf(schema)
  if (!properties) return { json: '{}' }
  const text = ({ standard }: Property) => (standard === undefined ? '' : String(standard))
  return { fields: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, text(one)])) }
}

/** Throws SyntaxError for JSON that is none. */
export function confOf(schema: Schema | null, typed: Typed): Conf {
  if ('json' in typed) return JSON.parse(typed.json.trim() || '{}') as Conf
  const properties = propertiesOf(schema)!
  const given = Object.entries(typed.fields).filter(([, text]) => text !== '')
  return Object.fromEntries(given.map(([name, text]) => [name, valueOf(properties[name]!, text)]))
}

function valueOf({ type }: Property, text: string): unknown {
  if (type === 'boolean') return text === 'true'
  return type === 'string' ? text : Number(text.replace(',', '.'))
}

/** undefined where a property takes more than a field. */
export function propertiesOf(schema: Schema | null): Record<string, Property> | undefined {
  if (schema?.type !== 'object' || typeof schema.properties !== 'object' || schema.properties === null) return undefined
  const required = Array.isArray(schema.required) ? (schema.required as string[]) : []
  const found: Record<string, Property> = {}
  for (const [name, one] of Object.entries(schema.properties as Record<string, Schema>)) {
    const choices =
      Array.isArray(one.enum) && one.enum.every((value) => typeof value === 'string') ? (one.enum as string[]) : null
    const type = choices ? 'string' : one.type
    if (type !== 'string' && type !== 'number' && type !== 'integer' && type !== 'boolean') return undefined
    const description = typeof one.description === 'string' ? one.description : undefined
    found[name] = { type, choices, description, standard: one.default, isRequired: required.includes(name) }
  }
  return found
}
