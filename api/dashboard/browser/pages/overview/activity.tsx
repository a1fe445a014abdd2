/** The runs of the last day, an hour a bar: how many ended well, and how many failed. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { numberIn } from '../../../../../lib/texts.ts'
import { kpisQuery } from '../../data/kpis.ts'
import { useLocale, useSay, type Locale } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { TEXTS } from './texts.ts'

interface Hour {
  from: string
  to: string
  succeeded: number
  failed: number
}

export function Activity() {
  const say = useSay()
  const { every } = useLive()
  const kpis = useQuery({ ...kpisQuery(24, 24), refetchInterval: every(30_000) })
  return (
    <Panel title={say(TEXTS.activity)} aside={<Link href="/runs">{say(TEXTS.all_runs)}</Link>}>
      <Loaded query={kpis}>
        {({ items }) => {
          const { series = [] } = items.find(({ name }) => name === 'job_success')!
          const hours = series.map(({ from, to, parts: { succeeded = 0, failed = 0 } }) => ({
            from,
            to,
            succeeded,
            failed,
          }))
          if (hours.every(({ succeeded, failed }) => succeeded + failed === 0))
            return (
              <Empty icon="clock" title={say(TEXTS.no_runs)}>
                <Link href="/jobs">{say(TEXTS.start_one)}</Link>
              </Empty>
            )
          return <Bars hours={hours} />
        }}
      </Loaded>
    </Panel>
  )
}

function Bars({ hours }: { hours: Hour[] }) {
  const say = useSay()
  const locale = useLocale()
  const most = Math.max(...hours.map(({ succeeded, failed }) => succeeded + failed))
  const total = (key: 'succeeded' | 'failed') => hours.reduce((sum, hour) => sum + hour[key], 0)
  return (
    <div className="activity">
      <span className="activity-most small muted" aria-hidden="true">
        {numberIn(most, locale)}
      </span>
      <ol className="activity-bars">
        {hours.map(({ from, to, succeeded, failed }) => {
          const label = say(TEXTS.hour, { from: clockIn(from, locale), to: clockIn(to, locale), succeeded, failed })
          return (
            <li key={from}>
              <Link href={`/runs?from=${from}&to=${to}`} title={label} aria-label={label}>
                <span className="activity-bar bad" style={{ height: `${(failed / most) * 100}%` }} />
                <span className="activity-bar good" style={{ height: `${(succeeded / most) * 100}%` }} />
              </Link>
            </li>
          )
        })}
      </ol>
      <div className="activity-clock small muted" aria-hidden="true">
        {[0, 6, 12, 18].map((place) => (
          <span key={place}>{clockIn(hours[place]!.from, locale)}</span>
        ))}
        <span>{say(TEXTS.now)}</span>
      </div>
      <p className="row small">
        <Link className="activity-key good" href="/runs?state=succeeded">
          {say(TEXTS.succeeded, { count: total('succeeded') })}
        </Link>
        <Link className="activity-key bad" href="/runs?state=failed">
          {say(TEXTS.failed, { count: total('failed') })}
        </Link>
      </p>
    </div>
  )
}

const clockIn = (at: string, locale: Locale) =>
  new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(new Date(at))
