/** Runs for scheduled times that had none: first which those are, then, with their count named, the runs. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, type Schemas } from '../../api/client.ts'
import { now_ms } from '../../clock.ts'
import { cancelRuns } from '../../data/change-runs.ts'
import { useLocale, useSay } from '../../languages.ts'
import { ConfForm, useConfForm } from '../../parts/conf-form/index.tsx'
import { partsOf, type Schema } from '../../parts/conf-form/conf.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { DateField } from '../../parts/date-field/index.tsx'
import { localTime } from '../../parts/local-time.ts'
import { exactTime } from '../../parts/time.tsx'
import { tell } from '../../parts/toasts.tsx'
import { TEXTS } from './texts.ts'

const SHOWN = 5

export function Backfill({ job: name, schema }: { job: string; schema: Schema | null }) {
  const say = useSay()
  const locale = useLocale()
  const queries = useQueryClient()
  const [from, setFrom] = useState(() => localTime(now_ms() - 86_400_000))
  const [to, setTo] = useState(() => localTime(now_ms()))
  const [plan, setPlan] = useState<Schemas['Backfill'] | null>(null)
  const form = useConfForm(schema)

  const request = (dry_run: boolean) =>
    form.submit((conf) =>
      ask((api) =>
        api.POST('/jobs/{name}/backfill', {
          params: { path: { name } },
          body: { from: isoOf(from), to: isoOf(to), dry_run, conf },
        }),
      ),
    )

  /** True when it is done. The first press only shows which times it is about. */
  async function run(): Promise<boolean> {
    if (!plan || plan.slots.length === 0) {
      setPlan(await request(true))
      return false
    }
    const { slots } = await request(false)
    const ids = slots.flatMap(({ run_id }) => run_id ?? [])
    await queries.invalidateQueries({ queryKey: ['jobs'] })
    setPlan(null)
    tell(say(TEXTS.backfilled, { count: slots.length }), async () => {
      const cancelled = await cancelRuns(ids)
      await queries.invalidateQueries({ queryKey: ['jobs'] })
      tell(say(TEXTS.cancelled, { count: cancelled.length }))
    })
    return true
  }

  /** The plan that was shown is of another stretch. */
  const changing = (set: (text: string) => void) => (text: string) => {
    setPlan(null)
    set(text)
  }

  return (
    <Confirm
      action={say(TEXTS.backfill)}
      verb={plan && plan.slots.length > 0 ? say(TEXTS.queue_them, { count: plan.slots.length }) : say(TEXTS.check)}
      icon="retry"
      title={say(TEXTS.backfill_title, { job: name })}
      run={run}
    >
      <DateField label={say(TEXTS.from)} to="minute" value={from} onChange={changing(setFrom)} isRequired />
      <DateField label={say(TEXTS.to)} to="minute" value={to} onChange={changing(setTo)} isRequired />
      {schema !== null && partsOf(schema).length > 0 && <ConfForm form={form} />}
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

/** What is no time is left to the API, which says so. */
const isoOf = (local: string) => (Number.isNaN(Date.parse(local)) ? local : new Date(local).toISOString())
