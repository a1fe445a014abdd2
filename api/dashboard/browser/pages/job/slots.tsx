/** The calendar of a job's scheduled times: a mark each, coloured and named by what became of it, linked to its run. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import type { Schemas } from '../../api/client.ts'
import { slotsQuery } from '../../data/jobs.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Panel } from '../../parts/panel.tsx'
import { SLOT_LOOK, SlotBadge, type SlotState } from '../../parts/state-badges/index.tsx'
import { STATES } from '../../parts/state-badges/texts.ts'
import { Loaded } from '../../parts/states.tsx'
import { exactTime } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'

type Slot = Schemas['Slot']

export function Slots({ job }: { job: string }) {
  const say = useSay()
  const { whenTold } = useLive()
  const slots = useQuery({ ...slotsQuery(job), refetchInterval: whenTold() })
  return (
    <Panel title={say(TEXTS.slots)} aside={slots.data && slots.data.items.length > 0 && say(TEXTS.slots_why)}>
      <Loaded query={slots} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="muted">{say(TEXTS.no_slots)}</p>
          ) : (
            <>
              <ol className="slots">
                {items.toReversed().map((slot) => (
                  <Mark key={slot.slot} slot={slot} />
                ))}
              </ol>
              <Legend slots={items} />
            </>
          )
        }
      </Loaded>
    </Panel>
  )
}

function Mark({ slot: { slot, slot_until, count, state, run_id, holiday } }: { slot: Slot }) {
  const say = useSay()
  const locale = useLocale()
  const [tone, icon] = SLOT_LOOK[state]
  const word = holiday ?? say(STATES[state])
  const from = exactTime(slot, locale)
  const label =
    slot_until === null
      ? say(TEXTS.slot, { from, state: word })
      : say(TEXTS.slot_range, { count, from, to: exactTime(slot_until, locale), state: word })
  const look = `slot ${tone}`
  const mark = <Icon name={icon} size={12} />
  return (
    <li>
      {run_id === null ? (
        <span className={look} title={label} role="img" aria-label={label}>
          {mark}
        </span>
      ) : (
        <Link className={look} href={`/runs/${run_id}`} title={label} aria-label={label}>
          {mark}
        </Link>
      )}
    </li>
  )
}

/** How many of each state. */
function Legend({ slots }: { slots: readonly Slot[] }) {
  const locale = useLocale()
  const counts = new Map<SlotState, number>()
  for (const { state, count } of slots) counts.set(state, (counts.get(state) ?? 0) + count)
  return (
    <ul className="row slots-legend">
      {[...counts].map(([state, count]) => (
        <li key={state} className="row">
          <SlotBadge state={state} />
          <span className="small muted">{new Intl.NumberFormat(locale).format(count)}</span>
        </li>
      ))}
    </ul>
  )
}
