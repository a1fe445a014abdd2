import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { numberIn } from '../../../../../lib/texts.ts'
import { ask, type Schemas } from '../../api/client.ts'
import { useLocale, useSay, type Locale } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Badge } from '../../parts/badge.tsx'
import { Loaded } from '../../parts/states.tsx'
import { KPIS, TEXTS } from './texts.ts'

type Kpi = Schemas['Kpi']

const kpisOf = (hours: number) => ({
  queryKey: ['kpis', hours],
  queryFn: () => ask((api) => api.GET('/kpis', { params: { query: { hours } } })),
})

export function Kpis() {
  const say = useSay()
  const { every } = useLive()
  const day = useQuery({ ...kpisOf(24), refetchInterval: every(30_000) })
  const week = useQuery({ ...kpisOf(7 * 24), refetchInterval: every(300_000) })
  return (
    <section aria-label={say(TEXTS.kpis)}>
      <Loaded query={day} lines={2}>
        {({ items }) => (
          <ul className="kpis">
            {items.map((kpi) => (
              <Card key={kpi.name} kpi={kpi} before={week.data?.items.find(({ name }) => name === kpi.name)} />
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  )
}

/** The list behind a number. */
const LISTS: Partial<Record<Kpi['name'], string>> = {
  job_success: '/jobs?show=failing',
  alert_response: '/alerts?state=resolved',
}

function Card({ kpi, before }: { kpi: Kpi; before: Kpi | undefined }) {
  const say = useSay()
  const locale = useLocale()
  const { name, value, unit, target, ok, reason } = kpi
  return (
    <li className="panel kpi">
      <h2>{LISTS[name] ? <Link href={LISTS[name]}>{say(KPIS[name])}</Link> : say(KPIS[name])}</h2>
      <p className="kpi-value">{value === null ? '—' : valueIn(value, unit, locale)}</p>
      <div className="kpi-state">
        {ok === null ? (
          <Badge tone="calm" icon="minus">
            {say(TEXTS.no_value)}
          </Badge>
        ) : (
          <Badge tone={ok ? 'good' : 'bad'} icon={ok ? 'check' : 'warning'}>
            {say(ok ? TEXTS.met : TEXTS.missed)}
          </Badge>
        )}
      </div>
      <p className="small muted">
        {reason ?? say(TEXTS[`target_${target.is}`], { value: valueIn(target.value, unit, locale) })}
      </p>
      {value !== null && before?.value != null && (
        <p className="small muted">{say(TEXTS.week, { value: valueIn(before.value, unit, locale) })}</p>
      )}
    </li>
  )
}

/** A number stays with its unit. */
const NO_BREAK = '\u00a0'
const HOUR_S = 3600

function valueIn(value: number, unit: Kpi['unit'], locale: Locale): string {
  if (unit === 's' && value >= HOUR_S) return `${numberIn(value / HOUR_S, locale, 1)}${NO_BREAK}h`
  if (unit === 's' && value >= 60) return `${numberIn(value / 60, locale, 1)}${NO_BREAK}min`
  const digits = unit === '%' ? 2 : value < 10 ? 1 : 0
  const number = numberIn(value, locale, digits)
  return unit === '%' ? `${number}%` : `${number}${NO_BREAK}${unit}`
}
