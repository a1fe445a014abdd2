/** A button and its dialog: a person takes note of alerts, with a word on them. For operators. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { acknowledge, isNew, type Alert } from '../../data/alerts.ts'
import { useSay } from '../../languages.ts'
import { useMay } from '../../session/me.ts'
import { Confirm } from '../confirm.tsx'
import { Field } from '../field.tsx'
import { tell } from '../toasts.tsx'
import { TEXTS } from './texts.ts'

/** `isMany`: of a list, whose count stands on the button. Nothing where there is none to take note of. */
export function Acknowledge({ alerts, isMany = false }: { alerts: readonly Alert[]; isMany?: boolean }) {
  const say = useSay()
  const queries = useQueryClient()
  const [note, setNote] = useState('')
  const mayDo = useMay('operator')
  const open = alerts.filter(isNew)
  const count = open.length
  if (!mayDo || count === 0) return null

  async function run(): Promise<void> {
    const refusals: unknown[] = []
    // One after another: each is a change of its own in the audit.
    for (const { id } of open)
      try {
        await acknowledge(id, note.trim())
      } catch (thrown) {
        refusals.push(thrown)
      }
    await queries.invalidateQueries({ queryKey: ['alerts'] })
    const [first] = refusals
    if (first !== undefined && refusals.length === count) throw first
    if (first !== undefined) {
      const reason = first instanceof Error ? first.message : ''
      throw new Error(say(TEXTS.some_failed, { count: refusals.length, all: count, reason }))
    }
    setNote('')
    tell(say(TEXTS.done, { count }))
  }

  return (
    <Confirm
      action={isMany ? say(TEXTS.many, { count }) : say(TEXTS.one)}
      icon="check"
      {...(!isMany && { look: 'main' })}
      title={say(TEXTS.title, { count })}
      run={run}
    >
      <p className="muted">{say(TEXTS.why, { count })}</p>
      <Field label={say(TEXTS.note)} hint={say(TEXTS.note_hint)} value={note} onChange={setNote} maxLength={500} />
    </Confirm>
  )
}
