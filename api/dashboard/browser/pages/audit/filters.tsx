/** What the audit is narrowed to, in the address: by whom, what, to what, and from when to when. */
import { useParameter } from '../../address.ts'
import type { paths } from '../../api/schema.d.ts'
import { useSay, type Translated } from '../../languages.ts'
import { beginOf, DateFilter } from '../../parts/date-field/index.tsx'
import { FilterText } from '../../parts/filter.tsx'
import { ACTIONS, GROUPS, TEXTS } from './texts.ts'

type Filter = Omit<NonNullable<paths['/audit']['get']['parameters']['query']>, 'limit' | 'cursor'>
type Action = NonNullable<Filter['action']>

const WORDS: Record<Action, Translated> = ACTIONS
const NAMES = Object.keys(WORDS) as Action[]

export function useAuditFilter(): Filter {
  const [actor] = useParameter('actor')
  const [target] = useParameter('target')
  const [chosen] = useParameter('action')
  const from = beginOf(useParameter('from')[0])
  const to = beginOf(useParameter('to')[0], 1)
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
        onChange={({ target }) => setActor(target.value, 'replace')}
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
      <DateFilter parameter="from" to="day" label={say(TEXTS.from)} />
      <DateFilter parameter="to" to="day" label={say(TEXTS.to)} />
    </div>
  )
}
