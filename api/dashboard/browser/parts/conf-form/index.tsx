/**
 * Fields for a run's conf, made from the JSON Schema of its job: one for each text, number, choice and yes or no at its top;
 * where the schema holds anything else, or there is none, the JSON itself.
 */
import { useSay } from '../../languages.ts'
import { Field } from '../field.tsx'
import { TEXTS } from '../texts.ts'
import { propertiesOf, type Schema, type Typed } from './conf.ts'

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
