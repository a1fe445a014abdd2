/** A button and its dialog: what a replay would take and do, then its name, canary and rate. For operators. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { now_ms } from '../../clock.ts'
import type { Selection } from '../../data/dead-letters.ts'
import { cancelReplay, planReplay, startReplay, type Replay } from '../../data/replays.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useMay } from '../../session/me.ts'
import { Confirm } from '../confirm.tsx'
import { Field } from '../field.tsx'
import { lengthIn, shortTime } from '../time.tsx'
import { tell } from '../toasts.tsx'
import { Planned } from './planned.tsx'
import { TEXTS } from './texts.ts'

interface Props {
  source: Replay['source']
  selection: Selection
  /** For the name that is offered. */
  about: string
  /** On the button, where it is known. */
  count?: number
  /** Of what the address shows. */
  isAll?: true
  look?: 'main' | 'quiet'
}

/** As the API takes it, with the time behind it. */
const NAME_LENGTH = 100
const ABOUT_LENGTH = 60
const CANARY = 5
const RATE_PER_S = 50
/** From so many, without a canary before them, a slip hurts: a word is typed. */
const MANY = 100

export function StartReplay({ source, selection, about, count, isAll, look }: Props) {
  const say = useSay()
  const locale = useLocale()
  const queries = useQueryClient()
  const [, go] = useLocation()
  const offered = say(TEXTS.named, {
    about: about.slice(0, ABOUT_LENGTH),
    time: shortTime(new Date(now_ms()).toISOString(), locale),
  })
  const [name, setName] = useState('')
  const [canary, setCanary] = useState(String(CANARY))
  const [rate, setRate] = useState(String(RATE_PER_S))
  const plan = useQuery({
    queryKey: ['replays', 'plan', source, JSON.stringify(selection)],
    queryFn: () => planReplay({ name: offered, source, selection, rate_per_s: RATE_PER_S, canary: CANARY }),
    // Asked when the dialog opens: what is shown is not changed under the person's eyes.
    enabled: false,
    gcTime: 0,
  })
  if (!useMay('operator')) return null
  const planned = plan.data?.count

  async function run(): Promise<boolean> {
    if (!plan.data) return false
    if (plan.data.count === 0) throw new Error(say(TEXTS.none))
    const settings = { rate_per_s: Number(rate), canary: Number(canary) }
    const replay = await startReplay({ name: name.trim() || offered, source, selection, ...settings })
    for (const start of ['replays', 'dead-letters']) void queries.invalidateQueries({ queryKey: [start] })
    tell(say(TEXTS.started, { name: replay.name }), async () => {
      const { undone } = await cancelReplay(replay.id)
      await queries.invalidateQueries({ queryKey: ['replays'] })
      tell(say(TEXTS.cancelled, { count: undone }))
    })
    go(`/replays/${replay.id}`)
    return true
  }

  return (
    <Confirm
      action={count === undefined ? say(isAll ? TEXTS.action_all : TEXTS.action) : say(TEXTS.action_count, { count })}
      verb={planned ? say(TEXTS.start_count, { count: planned }) : say(TEXTS.start)}
      icon="retry"
      {...(look && { look })}
      title={say(TEXTS.title)}
      {...(planned && planned >= MANY && Number(canary) === 0 && { word: say(TEXTS.word) })}
      run={run}
    >
      <Asked ask={() => void plan.refetch()} />
      <Planned query={plan} />
      <Field
        label={say(TEXTS.name)}
        hint={say(TEXTS.name_hint)}
        placeholder={offered}
        value={name}
        onChange={setName}
        maxLength={NAME_LENGTH}
      />
      <div className="replay-form-numbers">
        <NumberField label={say(TEXTS.canary)} value={canary} set={setCanary} min={0} max={1000} />
        <NumberField label={say(TEXTS.rate)} value={rate} set={setRate} min={0.01} max={10_000} />
      </div>
      <p className="hint">{say(TEXTS.canary_hint)}</p>
      {planned !== undefined && Number(rate) > 0 && planned > Number(rate) && (
        <p className="hint" role="status">
          {say(TEXTS.lasts, { length: lengthIn((planned / Number(rate)) * 1000, locale) })}
        </p>
      )}
    </Confirm>
  )
}

/** Children of a dialog are there while it is open. */
function Asked({ ask }: { ask: () => void }) {
  useEffect(ask, [])
  return null
}

interface NumberProps {
  label: string
  value: string
  set: (value: string) => void
  min: number
  max: number
}

function NumberField({ label, value, set, min, max }: NumberProps) {
  return (
    <label className="field">
      <span className="label">{label}</span>
      <input
        type="number"
        required
        min={min}
        max={max}
        step={Number.isInteger(min) ? 1 : 'any'}
        value={value}
        onChange={({ target }) => set(target.value)}
      />
    </label>
  )
}
