/**
 * Fields for a run's conf, made from the JSON Schema of its job: one for each text, number, choice and yes or no at its top;
 * where the schema holds anything else, or there is none, the JSON itself.
 */
import { useSay } from '../languages.ts'
import { Field } from './field.tsx'
import { TEXTS } from './texts.ts'

export type Conf = Record<string, unknown>
type Schema = Record<string, unknown>

interface Property {
  type: 'string' | 'number' | 'integer' | 'boolean'
  choices: string[] | null
  description: string | undefined
  standard: unknown
  isRequired: boolean
}

/** What the person has typed: JSON, or a text a field. */
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
function propertiesOf(schema: Schema | null): Record<string, Property> | undefined {
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

interface Props {
  schema: Schema | null
  typed: Typed
  onChange: (typed: Typed) => void
}

export function ConfForm({ schema, typed, onChange }: Props) {
  const say = useSay()
  if ('json' in typed)
    return (
      <label className="field">
        <span className="label">{say(TEXTS.conf)}</span>
        <textarea value={typed.json} spellCheck={false} onChange={({ target }) => onChange({ json: target.value })} />
      </label>
    )
  const set = (name: string, text: string) => onChange({ fields: { ...typed.fields, [name]: text } })
  return Object.entries(propertiesOf(schema)!).map(([name, { type, choices, description, isRequired }]) => {
    const value = typed.fields[name] ?? ''
    const options = type === 'boolean' ? ['true', 'false'] : choices
    if (!options)
      return (
        <Field
          key={name}
          label={name}
          value={value}
          onChange={(text) => set(name, text)}
          isRequired={isRequired}
          inputMode={type === 'string' ? 'text' : 'decimal'}
          {...(description && { hint: description })}
        />
      )
    return (
      <label key={name} className="field">
        <span className="label">{name}</span>
        <select
          className="select"
          value={value}
          required={isRequired}
          onChange={({ target }) => set(name, target.value)}
        >
          <option value="">—</option>
          {options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
        {description && <span className="hint">{description}</span>}
      </label>
    )
  })
}
