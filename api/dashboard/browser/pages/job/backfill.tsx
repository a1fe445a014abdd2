/** Runs for scheduled times that had none: first which those are, then, with their count named, the runs. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, type Schemas } from '../../api/client.ts'
import { now_ms } from '../../clock.ts'
import { useLocale, useSay } from '../../languages.ts'
import { Button } from '../../parts/button.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Field } from '../../parts/field.tsx'
import { Refusal } from '../../parts/states.tsx'
import { exactTime } from '../../parts/time.tsx'
import { tell } from '../../parts/toasts.tsx'
import { TEXTS } from './texts.ts'

const SHOWN = 5

export function Backfill({ job: name }: { job: string }) {
  const say = useSay()
  const locale = useLocale()
  const queries = useQueryClient()
  const [from, setFrom] = useState(() => localTime(now_ms() - 86_400_000))
  const [to, setTo] = useState(() => localTime(now_ms()))
  const [plan, setPlan] = useState<Schemas['Backfill'] | null>(null)
  const [refused, setRefused] = useState<unknown>(null)

  const request = (dry_run: boolean) =>
    ask((api) =>
      api.POST('/jobs/{name}/backfill', {
        params: { path: { name } },
        body: { from: new Date(from).toISOString(), to: new Date(to).toISOString(), dry_run },
      }),
    )
  const check = (): Promise<void> =>
    request(true).then(
      (found) => {
        setRefused(null)
        setPlan(found)
      },
      (error: unknown) => setRefused(error),
    )

  async function run(): Promise<void> {
    if (!plan) return check()
    const { slots } = await request(false)
    await queries.invalidateQueries({ queryKey: ['jobs'] })
    setPlan(null)
    tell(say(TEXTS.backfilled, { count: slots.length }))
  }

  /** The plan that was shown is of another stretch. */
  const changing = (set: (text: string) => void) => (text: string) => {
    setPlan(null)
    set(text)
  }

  return (
    <Confirm action={say(TEXTS.backfill)} icon="retry" title={say(TEXTS.backfill_title, { job: name })} run={run}>
      <Field label={say(TEXTS.from)} type="datetime-local" value={from} onChange={changing(setFrom)} isRequired />
      <Field label={say(TEXTS.to)} type="datetime-local" value={to} onChange={changing(setTo)} isRequired />
      <Button onPress={() => void check()}>{say(TEXTS.check)}</Button>
      <Refusal error={refused} />
      {plan && (
        <div role="status">
          <p>
            <strong>{say(TEXTS.would_run, { count: plan.slots.length })}</strong>
          </p>
          <ul className="small muted">
            {plan.slots.slice(0, SHOWN).map(({ slot }) => (
              <li key={slot}>{exactTime(slot, locale)}</li>
            ))}
            {plan.slots.length > SHOWN && <li>{say(TEXTS.and_more, { count: plan.slots.length - SHOWN })}</li>}
          </ul>
        </div>
      )}
    </Confirm>
  )
}

/** As a field for a local time takes it: 2026-11-30T09:15. */
function localTime(ms: number): string {
  const time = new Date(ms)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}T${two(time.getHours())}:${two(time.getMinutes())}`
}
