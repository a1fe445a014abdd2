import { useSay } from '../../languages.ts'
import { Field } from '../../parts/field.tsx'
import { MATERIAL_NAMES, MATERIALS } from '../../parts/materials/index.ts'
import { Panel } from '../../parts/panel.tsx'
import { FIELDS, type FieldName } from '../../parts/item-fields/index.ts'
import { TEXTS as VALUES } from '../../parts/item-fields/texts.ts'
import type { Draft } from './draft.ts'
import { TEXTS } from './texts.ts'

interface Props {
  draft: Draft
  /** By field. */
  problems: Partial<Record<string, string>>
  isReadOnly: boolean
  onChange: (name: FieldName, text: string) => void
}

export function ItemFields({ draft, problems, isReadOnly, onChange }: Props) {
  const say = useSay()
  const text = (
    name: FieldName,
    more: { isRequired?: true; inputMode?: 'decimal' | 'numeric'; hint?: string } = {},
  ) => (
    <Field
      key={name}
      label={say(FIELDS[name])}
      value={draft[name]}
      onChange={(value) => onChange(name, value)}
      problem={problems[name]}
      isReadOnly={isReadOnly}
      {...more}
    />
  )
  const choice = (name: FieldName, options: ReadonlyArray<readonly [value: string, text: string]>) => (
    <label key={name} className="field">
      <span className="label">{say(FIELDS[name])}</span>
      <select
        className="select"
        value={draft[name]}
        disabled={isReadOnly}
        onChange={({ target }) => onChange(name, target.value)}
      >
        {options.map(([value, shown]) => (
          <option key={value} value={value}>
            {shown}
          </option>
        ))}
      </select>
    </label>
  )
  const decimal = { inputMode: 'decimal' } as const
  return (
    <div className="item-fields">
      <Panel title={say(TEXTS.about)}>
        <div className="form">
          {text('sku', { isRequired: true })}
          {text('name', { isRequired: true })}
          {choice(
            'material',
            MATERIALS.map((one) => [one, say(MATERIAL_NAMES[one])] as const),
          )}
          {text('kind', { isRequired: true })}
          {choice('recyclable', [
            ['true', say(VALUES.yes)],
            ['false', say(VALUES.no)],
          ])}
          {text('tags', { hint: say(TEXTS.tags_hint) })}
        </div>
      </Panel>
      <Panel title={say(TEXTS.buying)}>
        <div className="form">
          {text('unit_cost', { isRequired: true, ...decimal })}
          {text('currency', { isRequired: true })}
          {text('supplier')}
          {text('stock', { isRequired: true, inputMode: 'numeric' })}
          {text('reorder_level', { isRequired: true, inputMode: 'numeric' })}
        </div>
      </Panel>
      <Panel title={say(TEXTS.measures)}>
        <div className="form">
          {(['length_mm', 'width_mm', 'height_mm', 'weight_g', 'capacity_ml'] as const).map((name) =>
            text(name, decimal),
          )}
        </div>
      </Panel>
    </div>
  )
}
