/** What the audit is narrowed to, in the address: by whom, what, to what, and from when to when. */
import { useParameter } from '../../address.ts'
import type { paths } from '../../api/schema.d.ts'
import { useSay, type Translated } from '../../languages.ts'
import { FilterText } from '../../parts/filter.tsx'
import { ACTIONS, GROUPS, TEXTS } from './texts.ts'

type Filter = Omit<NonNullable<paths['/audit']['get']['parameters']['query']>, 'limit' | 'cursor'>
type Action = NonNullable<Filter['action']>

const WORDS: Record<Action, Translated> = ACTIONS
const NAMES = Object.keys(WORDS) as Action[]

const DAY = /^\d{4}-\d\d-\d\d$/

/** The begin of a day in the viewer's zone, or of the next one; undefined for what is no day. */
function beginOf(day: string, next: boolean): string | undefined {
  if (!DAY.test(day)) return undefined
  const at = new Date(`${day}T00:00`)
  if (Number.isNaN(at.getTime())) return undefined
  if (next) at.setDate(at.getDate() + 1)
  return at.toISOString()
}

export function useAuditFilter(): Filter {
  const [actor] = useParameter('actor')
  const [target] = useParameter('target')
  const [chosen] = useParameter('action')
  const from = beginOf(useParameter('from')[0], false)
  const to = beginOf(useParameter('to')[0], true)
  const action = NAMES.find((one) => one === chosen)
  return {
    ...(actor && { actor }),
    ...(target && { target }),
    ...(action && { action }),
    ...(from && { from }),
    ...(to && { to }),
  }
}

export function AuditFilters() {
  const say = useSay()
  const [actor, setActor] = useParameter('actor')
  const [action, setAction] = useParameter('action')
  return (
    <div className="filters">
      <FilterText parameter="target" label={say(TEXTS.filter_target)} />
      <input
        className="select audit-field"
        type="search"
        aria-label={say(TEXTS.filter_actor)}
        placeholder={say(TEXTS.filter_actor)}
        value={actor}
        onChange={({ target }) => setActor(target.value)}
      />
      <select
        className="select audit-field"
        aria-label={say(TEXTS.action)}
        value={action}
        onChange={({ target }) => setAction(target.value)}
      >
        <option value="">{say(TEXTS.any_action)}</option>
        {Object.entries(GROUPS).map(([group, title]) => (
          <optgroup key={group} label={say(title)}>
            {NAMES.filter((name) => name.startsWith(`${group}.`)).map((name) => (
              <option key={name} value={name}>
                {say(WORDS[name])}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <Day parameter="from" label={say(TEXTS.from)} />
      <Day parameter="to" label={say(TEXTS.to)} />
    </div>
  )
}

function Day({ parameter, label }: { parameter: string; label: string }) {
  const [day, setDay] = useParameter(parameter)
  return (
    <label className="audit-day">
      {label}
      <input
        className="select"
        type="date"
        value={DAY.test(day) ? day : ''}
        onChange={({ target }) => setDay(target.value)}
      />
    </label>
  )
}
