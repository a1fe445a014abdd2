/** Fields for a run's conf, made from the JSON Schema of its job; each with what is wrong with it. */
import { useState } from 'react'
import { Problem } from '../../api/client.ts'
import { useLocale, useSay, type Locale } from '../../languages.ts'
import { Button } from '../button.tsx'
import { DateField, type Granularity } from '../date-field/index.tsx'
import { Field } from '../field.tsx'
import { numberIn } from '../../../../../lib/texts.ts'
import {
  choicesOf,
  draftOf,
  isRequired,
  itemOf,
  kindOf,
  partsOf,
  plain,
  takesNull,
  valueOf,
  type Draft,
  type Mistakes,
  type Schema,
} from './conf.ts'
import { TEXTS } from './texts.ts'

/** The state of a form, and what sends it. `schema`: null takes any JSON. */
export function useConfForm(schema: Schema | null) {
  const say = useSay()
  const [draft, setDraft] = useState(() => draftOf(schema))
  const [mistakes, setMistakes] = useState<Mistakes>({})

  /** Hands over the conf. Throws what `use` throws, or, where fields are marked, how many. */
  async function submit<T>(use: (conf: Record<string, unknown>) => Promise<T>): Promise<T> {
    const { value, mistakes } = valueOf(schema, draft, { no_number: say(TEXTS.no_number), no_json: say(TEXTS.no_json) })
    if (Object.keys(mistakes).length > 0) throw marked(mistakes)
    try {
      const answer = await use((value ?? {}) as Record<string, unknown>)
      setMistakes({})
      return answer
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.code !== 'conf_invalid' || schema === null) throw thrown
      throw marked(Object.fromEntries(thrown.errors.map(({ path, message }) => [path, message])))
    }
  }

  function marked(found: Mistakes): Error {
    setMistakes(found)
    return new Error(say(TEXTS.see_fields, { count: Object.keys(found).length }))
  }

  return { schema, draft, mistakes, setDraft, submit }
}

export function ConfForm({ form: { schema, draft, mistakes, setDraft } }: { form: ReturnType<typeof useConfForm> }) {
  const say = useSay()
  if (schema === null || kindOf(schema) !== 'object')
    return <JsonField label={say(TEXTS.json)} draft={draft} mistake={mistakes['']} onChange={setDraft} />
  if (partsOf(schema).length === 0) return <p className="muted">{say(TEXTS.nothing)}</p>
  return (
    <Parts schema={schema} draft={draft as Record<string, Draft>} path="" mistakes={mistakes} onChange={setDraft} />
  )
}

interface PartsProps {
  schema: Schema
  draft: Record<string, Draft>
  path: string
  mistakes: Mistakes
  onChange: (draft: Draft) => void
}

function Parts({ schema, draft, path, mistakes, onChange }: PartsProps) {
  return partsOf(schema).map(([name, part]) => (
    <Part
      key={name}
      name={name}
      schema={part}
      draft={draft[name] ?? ''}
      path={`${path}/${name}`}
      mayLack={!isRequired(schema, name) || takesNull(part)}
      mistakes={mistakes}
      onChange={(changed) => onChange({ ...draft, [name]: changed })}
    />
  ))
}

interface PartProps {
  name: string
  schema: Schema
  draft: Draft
  path: string
  mayLack: boolean
  mistakes: Mistakes
  onChange: (draft: Draft) => void
}

function Part(props: PartProps) {
  const say = useSay()
  const locale = useLocale()
  const { name, draft, path, mayLack, mistakes, onChange } = props
  const kind = kindOf(props.schema)
  const schema = plain(props.schema)
  const mistake = mistakes[path]
  const hint = hintOf(schema, mayLack && kind !== 'array', say, locale)
  switch (kind) {
    case 'object':
      return (
        <Group name={name} hint={hint} mistake={mistake}>
          <Parts
            schema={schema}
            draft={draft as Record<string, Draft>}
            path={path}
            mistakes={mistakes}
            onChange={onChange}
          />
        </Group>
      )
    case 'array':
      return <List {...props} schema={schema} hint={hint} />
    case 'choice':
    case 'boolean': {
      const options =
        kind === 'choice'
          ? choicesOf(schema)!.map((value, place) => [String(place), String(value)] as const)
          : ([
              ['true', say(TEXTS.yes)],
              ['false', say(TEXTS.no)],
            ] as const)
      return (
        <Choice name={name} hint={hint} mistake={mistake} options={options} value={String(draft)} onChange={onChange} />
      )
    }
    case 'json':
      return (
        <JsonField
          label={`${name} (${say(TEXTS.as_json)})`}
          hint={hint}
          draft={draft}
          mistake={mistake}
          onChange={onChange}
        />
      )
    default: {
      const to = GRANULARITIES[String(schema.format)]
      const common = { label: name, value: String(draft), onChange, problem: mistake, ...(hint && { hint }) }
      // A field that is marked does not keep the form from being sent again.
      if (to) return <DateField {...common} to={to} validationBehavior="aria" />
      return (
        <Field
          {...common}
          validationBehavior="aria"
          type={TYPES[String(schema.format)] ?? 'text'}
          inputMode={kind === 'number' ? 'decimal' : 'text'}
        />
      )
    }
  }
}

const TYPES: Record<string, string> = { email: 'email', uri: 'url' }
const GRANULARITIES: Record<string, Granularity> = { date: 'day', 'date-time': 'minute' }

function hintOf(schema: Schema, mayLack: boolean, say: ReturnType<typeof useSay>, locale: Locale): string {
  const number = (value: unknown) => (typeof value === 'number' ? numberIn(value, locale, 6) : null)
  const [least, most] = [number(schema.minimum), number(schema.maximum)]
  const bounds =
    least !== null && most !== null
      ? say(TEXTS.between, { least, most })
      : least !== null
        ? say(TEXTS.least, { least })
        : most !== null
          ? say(TEXTS.most, { most })
          : null
  const long = number(schema.minLength)
  const many = number(schema.maxItems)
  const parts = [
    typeof schema.description === 'string' ? schema.description : null,
    bounds,
    long !== null && schema.minLength !== 1 ? say(TEXTS.characters_least, { count: Number(schema.minLength) }) : null,
    many === null ? null : say(TEXTS.entries_most, { most: many }),
    mayLack ? say(TEXTS.optional) : null,
  ]
  return parts.filter((part) => part !== null).join(' · ')
}

function Group({
  name,
  hint,
  mistake,
  children,
}: {
  name: string
  hint: string
  mistake: string | undefined
  children: React.ReactNode
}) {
  return (
    <fieldset className="conf-group">
      <legend className="label">{name}</legend>
      {hint && <p className="hint">{hint}</p>}
      {children}
      {mistake && <p className="field-problem">{mistake}</p>}
    </fieldset>
  )
}

function List({ name, schema, draft, path, mistakes, onChange, hint }: PartProps & { hint: string }) {
  const say = useSay()
  const items = draft as Draft[]
  return (
    <Group name={name} hint={hint} mistake={mistakes[path]}>
      {items.map((item, place) => (
        // The place is what a mistake names.
        <div key={place} className="conf-item">
          <Part
            name={`${name} ${place + 1}`}
            schema={itemOf(schema)}
            draft={item}
            path={`${path}/${place}`}
            mayLack={false}
            mistakes={mistakes}
            onChange={(changed) => onChange(items.with(place, changed))}
          />
          <Button
            look="quiet"
            icon="cross"
            aria-label={say(TEXTS.remove, { name: `${name} ${place + 1}` })}
            onPress={() => onChange(items.toSpliced(place, 1))}
          >
            {null}
          </Button>
        </div>
      ))}
      <div>
        <Button icon="plus" onPress={() => onChange([...items, draftOf(itemOf(schema))])}>
          {say(TEXTS.add)}
        </Button>
      </div>
    </Group>
  )
}

interface ChoiceProps {
  name: string
  hint: string
  mistake: string | undefined
  options: ReadonlyArray<readonly [value: string, text: string]>
  value: string
  onChange: (value: string) => void
}

function Choice({ name, hint, mistake, options, value, onChange }: ChoiceProps) {
  return (
    <label className="field" data-invalid={mistake ? '' : undefined}>
      <span className="label">{name}</span>
      <select
        className="select"
        value={value}
        aria-invalid={mistake !== undefined}
        onChange={({ target }) => onChange(target.value)}
      >
        <option value="">—</option>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
      {hint && <span className="hint">{hint}</span>}
      {mistake && <span className="field-problem">{mistake}</span>}
    </label>
  )
}

interface JsonFieldProps {
  label: string
  hint?: string
  draft: Draft
  mistake: string | undefined
  onChange: (draft: Draft) => void
}

function JsonField({ label, hint, draft, mistake, onChange }: JsonFieldProps) {
  return (
    <label className="field" data-invalid={mistake ? '' : undefined}>
      <span className="label">{label}</span>
      <textarea
        value={String(draft)}
        spellCheck={false}
        aria-invalid={mistake !== undefined}
        onChange={({ target }) => onChange(target.value)}
      />
      {hint && <span className="hint">{hint}</span>}
      {mistake && <span className="field-problem">{mistake}</span>}
    </label>
  )
}
