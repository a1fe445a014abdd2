/** Changes the fields that the source names, before the message is sent again. The difference is shown while one types. For admins. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { Schemas } from '../../api/client.ts'
import { editLetter, undoEdit, type Letter } from '../../data/dead-letters.ts'
import { useSay } from '../../languages.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { Field } from '../../parts/field.tsx'
import { tell } from '../../parts/toasts.tsx'
import { useMay } from '../../session/me.ts'
import { Changes, type Change } from './changes.tsx'
import { TEXTS } from './texts.ts'

type Value = Change['after']

export function Edit({ letter: { id, editable } }: { letter: Letter }) {
  const say = useSay()
  const queries = useQueryClient()
  const [, go] = useLocation()
  const [typed, setTyped] = useState<Record<string, string>>({})
  if (!useMay('admin') || editable.length === 0) return null
  const changes = editable.flatMap(({ field, value, type }): Change[] => {
    const after = valueOf(typed[field] ?? String(value), type)
    return after === value ? [] : [{ field, before: value, after }]
  })

  async function run(): Promise<void> {
    if (changes.length === 0) throw new Error(say(TEXTS.edit_same))
    const body = Object.fromEntries(changes.map(({ field, after }) => [field, after]))
    const copy = await editLetter(id, body as Schemas['EditDeadLetter'])
    await queries.invalidateQueries({ queryKey: ['dead-letters'] })
    go(`/dead-letters/${copy.id}`)
    tell(say(TEXTS.edited), async () => {
      await undoEdit(copy.id)
      await queries.invalidateQueries({ queryKey: ['dead-letters'] })
      go(`/dead-letters/${id}`)
      tell(say(TEXTS.edit_undone))
    })
  }

  return (
    <Confirm
      action={say(TEXTS.edit)}
      verb={say(TEXTS.edit_save)}
      icon="edit"
      title={say(TEXTS.edit_title)}
      onClose={() => setTyped({})}
      run={run}
    >
      <p className="muted">{say(TEXTS.edit_why)}</p>
      {editable.map(({ field, value, type, minimum, maximum, description }) => (
        <Field
          key={field}
          label={field}
          {...(description !== null && { hint: description })}
          type={type === 'integer' || type === 'number' ? 'number' : 'text'}
          value={typed[field] ?? String(value)}
          onChange={(text) => setTyped((before) => ({ ...before, [field]: text }))}
          problem={
            isWithin(typed[field], minimum, maximum)
              ? undefined
              : say(TEXTS.edit_range, { minimum: minimum ?? 0, maximum: maximum ?? 0 })
          }
          isRequired
        />
      ))}
      <div role="status">
        {changes.length === 0 ? (
          <p className="small muted">{say(TEXTS.edit_same)}</p>
        ) : (
          <>
            <p className="small muted">{say(TEXTS.edit_diff)}</p>
            <Changes of={changes} />
          </>
        )}
      </div>
    </Confirm>
  )
}

/** As the API takes it; what is no number is left to the API, which says so. */
function valueOf(text: string, type: string): Value {
  if (type === 'boolean') return text === 'true'
  const isNumber = (type === 'integer' || type === 'number') && text.trim() !== '' && Number.isFinite(Number(text))
  return isNumber ? Number(text) : text
}

const isWithin = (text: string | undefined, minimum: number | null, maximum: number | null): boolean =>
  text === undefined ||
  text === '' ||
  ((minimum === null || Number(text) >= minimum) && (maximum === null || Number(text) <= maximum))
