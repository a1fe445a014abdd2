import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { kpisQuery, type Kpi } from '../../data/kpis.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Icon } from '../../parts/icon.tsx'
import { KpiBadge, kpiLook, makesTrend, useKpiTrend, useKpiWords } from '../../parts/kpi/index.tsx'
import { TEXTS as KPI_TEXTS } from '../../parts/kpi/texts.ts'
import { Sparkline } from '../../parts/sparkline/index.tsx'
import { Loaded } from '../../parts/states.tsx'
import { TEXTS } from './texts.ts'

export function Kpis() {
  const say = useSay()
  const { every } = useLive()
  const day = useQuery({ ...kpisQuery(24, 24), refetchInterval: every(30_000) })
  const week = useQuery({ ...kpisQuery(7 * 24, 28), refetchInterval: every(300_000) })
  return (
    <section aria-label={say(TEXTS.kpis)}>
      <Loaded query={day} lines={2}>
        {({ items }) => (
          <ul className="kpis">
            {items.map((kpi) => (
              <Card key={kpi.name} kpi={kpi} week={week.data?.items.find(({ name }) => name === kpi.name)} />
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  )
}

function Card({ kpi, week }: { kpi: Kpi; week: Kpi | undefined }) {
  const { title, written, aim, trend } = useKpiWords(kpi)
  const change = useKpiTrend(kpi, week?.value)
  const say = useSay()
  const { name, target, ok, reason, series = [] } = kpi
  const hasTrend = makesTrend(kpi)
  return (
    <li className="panel kpi">
      <div className="kpi-head">
        <h2>
          <Link href={`/kpis#${name}`}>{title}</Link>
        </h2>
        <KpiBadge kpi={kpi} />
      </div>
      <p className="kpi-value figure">
        <Link href={`/kpis#${name}`}>{written}</Link>
      </p>
      {hasTrend && (
        <Sparkline
          label={trend}
          values={series.map((point) => point.value)}
          target={target.value}
          tone={kpiLook(ok)[0]}
        />
      )}
      <p className="small muted">{reason ?? aim}</p>
      {!hasTrend && kpi.value !== null && <p className="small muted">{say(KPI_TEXTS.no_trend)}</p>}
      {hasTrend && change && (
        <p className="small muted kpi-trend">
          <Icon name={change.icon} size={14} />
          {change.text}
        </p>
      )}
    </li>
  )
}
