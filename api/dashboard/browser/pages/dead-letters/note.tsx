/** What people know of a group, and the dialog in which an operator writes it. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { noteGroup, type Group } from '../../data/dead-letters.ts'
import { useSay } from '../../languages.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { Time } from '../../parts/time.tsx'
import { tell } from '../../parts/toasts.tsx'
import { TEXTS } from './texts.ts'

export function Note({ of: { note, noted_by, noted_at } }: { of: Group }) {
  const say = useSay()
  if (note === null) return null
  return (
    <span className="letters-note">
      <q>{note}</q>{' '}
      <span className="small muted">
        {say(TEXTS.noted_by, { name: noted_by ?? '?' })} {noted_at !== null && <Time at={noted_at} />}
      </span>
    </span>
  )
}

/** As the API takes it. */
const MOST = 2000

export function EditNote({ group: { id, cause, note }, look }: { group: Group; look?: 'quiet' }) {
  const say = useSay()
  const queries = useQueryClient()
  const [text, setText] = useState<string | null>(null)
  const refresh = () => queries.invalidateQueries({ queryKey: ['dead-letters'] })

  async function run(): Promise<void> {
    const written = (text ?? note ?? '').trim()
    await noteGroup(id, written)
    await refresh()
    setText(null)
    tell(say(written ? TEXTS.noted : TEXTS.note_gone), async () => {
      await noteGroup(id, note ?? '')
      await refresh()
      tell(say(TEXTS.note_back))
    })
  }

  return (
    <Confirm
      action={say(TEXTS.note)}
      verb={say(TEXTS.note_save)}
      icon="edit"
      {...(look && { look })}
      title={say(TEXTS.note_title)}
      onClose={() => setText(null)}
      run={run}
    >
      <p className="muted clamp">{cause}</p>
      <label className="field letters-text">
        <span className="label">{say(TEXTS.note_label)}</span>
        <textarea value={text ?? note ?? ''} maxLength={MOST} onChange={({ target }) => setText(target.value)} />
        <span className="hint">{say(TEXTS.note_hint)}</span>
      </label>
    </Confirm>
  )
}
