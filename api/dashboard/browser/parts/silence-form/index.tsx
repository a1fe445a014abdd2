/** A button and its dialog: for which alerts, for how long, and why. For admins. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { now_ms } from '../../clock.ts'
import { createSilence, endSilence, RULES, type RuleName } from '../../data/alerts.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useMay } from '../../session/me.ts'
import { Confirm } from '../confirm.tsx'
import { DateField } from '../date-field/index.tsx'
import { Field } from '../field.tsx'
import { dayAndTime } from '../time.tsx'
import { tell } from '../toasts.tsx'
import { CHOICES, endOf, type Choice } from './ends.ts'
import { LENGTHS, TEXTS } from './texts.ts'

interface Props {
  /** What it begins with. */
  rule?: string
  subject?: string
  /** Of a page that is for it. */
  isMain?: true
}

export function NewSilence({ rule: first = '', subject: about = '', isMain }: Props) {
  const say = useSay()
  const locale = useLocale()
  const queries = useQueryClient()
  const [rule, setRule] = useState<RuleName | ''>(RULES.find((one) => one === first) ?? '')
  const [subject, setSubject] = useState(about)
  const [choice, choose] = useState<Choice>('hour')
  const [own, setOwn] = useState('')
  const [reason, setReason] = useState('')
  if (!useMay('admin')) return null
  const end = endOf(choice, own)
  const isPast = end !== null && end.getTime() <= now_ms()

  // Which alerts need a person follows from it.
  const changed = () =>
    Promise.all([['silences'], ['alerts']].map((queryKey) => queries.invalidateQueries({ queryKey })))

  async function run(): Promise<void> {
    // Of now, and not of when the form was drawn.
    const ends_at = endOf(choice, own)!.toISOString()
    const what = { ...(rule && { rule }), ...(subject.trim() && { subject: subject.trim() }) }
    const { id } = await createSilence({ ...what, ends_at, reason })
    await changed()
    setReason('')
    tell(say(TEXTS.silenced), async () => {
      await endSilence(id)
      await changed()
      tell(say(TEXTS.taken_back))
    })
  }

  return (
    <Confirm
      action={say(isMain ? TEXTS.new : TEXTS.silence)}
      verb={say(TEXTS.silence)}
      icon={isMain ? 'plus' : 'mute'}
      {...(isMain && { look: 'main' })}
      title={say(TEXTS.title)}
      run={run}
    >
      <p className="muted">{say(TEXTS.why)}</p>
      <label className="field">
        <span className="label">{say(TEXTS.rule)}</span>
        <select
          className="select"
          value={rule}
          onChange={({ target }) => setRule(RULES.find((one) => one === target.value) ?? '')}
        >
          <option value="">{say(TEXTS.every_rule)}</option>
          {RULES.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <Field
        label={say(TEXTS.subject)}
        hint={say(TEXTS.subject_hint)}
        value={subject}
        onChange={setSubject}
        maxLength={200}
      />
      {!rule && !subject.trim() && <p className="trouble warn">{say(TEXTS.everything)}</p>}
      <label className="field">
        <span className="label">{say(TEXTS.until)}</span>
        <select
          className="select"
          value={choice}
          onChange={({ target }) => choose(CHOICES.find((one) => one === target.value)!)}
        >
          {CHOICES.map((one) => (
            <option key={one} value={one}>
              {say(LENGTHS[one])}
            </option>
          ))}
        </select>
        {end && !isPast && (
          <span className="hint" role="status">
            {say(TEXTS.ends, { time: dayAndTime(end.toISOString(), locale) })}
          </span>
        )}
      </label>
      {choice === 'own' && (
        <DateField
          label={say(TEXTS.end)}
          to="minute"
          value={own}
          onChange={setOwn}
          problem={isPast ? say(TEXTS.past) : undefined}
          isRequired
        />
      )}
      <Field
        label={say(TEXTS.reason)}
        hint={say(TEXTS.reason_hint)}
        value={reason}
        onChange={setReason}
        maxLength={500}
        isRequired
      />
    </Confirm>
  )
}
