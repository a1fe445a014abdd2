/** Every KPI over time, with its target, and what it was computed from. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { useParameter } from '../../address.ts'
import { kpisQuery, type Kpi } from '../../data/kpis.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { FilterChoices } from '../../parts/filter.tsx'
import { KpiBadge, makesTrend, useKpiWords } from '../../parts/kpi/index.tsx'
import { TEXTS as KPI_TEXTS } from '../../parts/kpi/texts.ts'
import { PageHead, Panel } from '../../parts/panel.tsx'
import { Loaded } from '../../parts/states.tsx'
import { TimeSeries } from '../../parts/time-series/index.tsx'
import { numberIn } from '../../../../../lib/texts.ts'
import { PARTS, SAMPLES, TEXTS } from './texts.ts'

/** Hours, and points. */
const SPANS = { '': [24, 24], week: [7 * 24, 28], month: [31 * 24, 31] } as const

export default function Kpis() {
  const say = useSay()
  const { every } = useLive()
  const [span] = useParameter('span')
  const [hours, points] = SPANS[span in SPANS ? (span as keyof typeof SPANS) : '']
  const kpis = useQuery({ ...kpisQuery(hours, points), refetchInterval: every(60_000) })
  const isKnown = kpis.data !== undefined
  useEffect(() => {
    if (isKnown && location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView()
  }, [isKnown])
  return (
    <>
      <PageHead title={say(TEXTS.title)} />
      <div className="filters">
        <FilterChoices
          label={say(TEXTS.span)}
          parameter="span"
          options={[
            ['', say(TEXTS.day)],
            ['week', say(TEXTS.week)],
            ['month', say(TEXTS.month)],
          ]}
        />
      </div>
      <Loaded query={kpis} lines={12}>
        {({ items }) => (
          <div className="kpi-charts">
            {items.map((kpi) => (
              <Chart key={kpi.name} kpi={kpi} withDay={hours > 48} />
            ))}
          </div>
        )}
      </Loaded>
    </>
  )
}

function Chart({ kpi, withDay }: { kpi: Kpi; withDay: boolean }) {
  const say = useSay()
  const locale = useLocale()
  const { title, written, aim } = useKpiWords(kpi)
  const { name, value, unit, target, reason, samples, parts } = kpi
  const target_name = say(TEXTS.target)
  // Whole units below a minute, else minutes.
  const isLong = unit === 's' && Math.max(target.value, value ?? 0) >= 60
  const series = kpi.series ?? []
  const { times, lines, range } = useMemo(() => {
    const scaled = (one: number | null) => (one === null ? null : isLong ? one / 60 : one)
    const known = series.flatMap((point) => (point.value === null ? [] : [point.value]))
    return {
      range:
        target.is === 'above'
          ? ([Math.min(target.value, ...known) - 1, 100.5] as const)
          : ([0, 1.15 * scaled(Math.max(target.value, ...known))!] as const),
      times: series.map(({ to }) => to),
      lines: [
        { name: title, colour: 'accent', values: series.map((point) => scaled(point.value)) },
        {
          name: target_name,
          colour: 'line-strong',
          isDashed: true as const,
          values: series.map(() => scaled(target.value)),
        },
      ],
    }
  }, [series, title, target_name, target, isLong])
  return (
    <div id={name} className="kpi-chart">
      <Panel title={title} aside={<KpiBadge kpi={kpi} />}>
        <p className="row">
          <strong className="kpi-value">{written}</strong>
          <span className="muted">{reason ?? aim}</span>
        </p>
        {value !== null && !makesTrend(kpi) && <p className="muted">{say(KPI_TEXTS.no_trend)}</p>}
        {makesTrend(kpi) && (
          <TimeSeries
            label={title}
            times={times}
            series={lines}
            unit={isLong ? 'min' : unit}
            withDay={withDay}
            range={range}
          />
        )}
        <p className="small muted">
          {[
            say(SAMPLES[name], { count: samples }),
            ...Object.entries(parts).map(
              ([part, count]) => `${PARTS[part] ? say(PARTS[part]) : part}: ${numberIn(count, locale)}`,
            ),
          ].join(' · ')}
        </p>
      </Panel>
    </div>
  )
}
