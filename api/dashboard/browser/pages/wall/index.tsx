/** For a screen on the wall: read from four metres, never scrolled. What does not fit is counted. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { healthQuery } from '../../data/health.ts'
import { jobsQuery, runsQuery, upcoming } from '../../data/jobs.ts'
import { kpisQuery, type Kpi } from '../../data/kpis.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { CheckName } from '../../parts/health/index.tsx'
import { STATUS } from '../../parts/health/texts.ts'
import { Icon } from '../../parts/icon.tsx'
import { kpiLook, useKpiWords } from '../../parts/kpi/index.tsx'
import { Silenced, useNeeds } from '../../parts/needs/index.tsx'
import { Sparkline } from '../../parts/sparkline/index.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'
import { Said } from '../../parts/said.tsx'

export default function WallPage() {
  return (
    <div className="wall-grid">
      <Needs />
      <Kpis />
      <Next />
      <Failures />
      <Health />
    </div>
  )
}

const NEEDS_SHOWN = 3
const LINES_SHOWN = 3
/** Two lines each. */
const FAILURES_SHOWN = 2

function Needs() {
  const say = useSay()
  const { alerts, needs, silenced } = useNeeds()
  const isWell = needs.length === 0
  return (
    <section className="wall-needs" aria-label={say(TEXTS.needs)}>
      <Loaded query={alerts}>
        {() => (
          <>
            <h1 className={isWell ? 'wall-verdict good' : 'wall-verdict bad'}>
              <Icon name={isWell ? 'check' : 'warning'} size={64} />
              {isWell ? say(TEXTS.well) : <Link href="/">{say(TEXTS.need, { count: needs.length })}</Link>}
              {silenced && silenced.items.length > 0 && (
                <span className="wall-silenced muted">
                  <Silenced page={silenced} />
                </span>
              )}
            </h1>
            <ul>
              {needs.slice(0, NEEDS_SHOWN).map(({ key, href, badge, title, detail, since }) => (
                <li key={key}>
                  {badge}
                  <Link href={href}>{title}</Link>
                  <span className="muted">{since && <Time at={since} />}</span>
                  <p className="muted">
                    <Said text={detail} />
                  </p>
                </li>
              ))}
            </ul>
            {needs.length > NEEDS_SHOWN && (
              <p className="muted">
                <Link href="/">{say(TEXTS.and_more, { count: needs.length - NEEDS_SHOWN })}</Link>
              </p>
            )}
          </>
        )}
      </Loaded>
    </section>
  )
}

function Kpis() {
  const say = useSay()
  const { every } = useLive()
  const kpis = useQuery({ ...kpisQuery(24, 24), refetchInterval: every(30_000) })
  return (
    <section className="wall-kpis" aria-label={say(TEXTS.kpis)}>
      <Loaded query={kpis}>{({ items }) => items.map((kpi) => <Tile key={kpi.name} kpi={kpi} />)}</Loaded>
    </section>
  )
}

function Tile({ kpi }: { kpi: Kpi }) {
  const { title, written, aim, verdict, trend } = useKpiWords(kpi)
  const { ok, target, series = [] } = kpi
  const [tone, icon] = kpiLook(ok)
  return (
    <div className={`wall-kpi ${tone}`}>
      <h2>
        <Icon name={icon} size={28} />
        {title}
      </h2>
      <p className="wall-value figure">
        <Link href={`/kpis#${kpi.name}`}>{written}</Link>
      </p>
      <Sparkline label={trend} values={series.map((point) => point.value)} target={target.value} tone={tone} />
      <p className="muted">{ok === null ? verdict : `${verdict} · ${aim}`}</p>
    </div>
  )
}

function Next() {
  const say = useSay()
  const { whenTold } = useLive()
  const jobs = useQuery({ ...jobsQuery, refetchInterval: whenTold() })
  return (
    <section className="wall-list wall-next" aria-label={say(TEXTS.upcoming)}>
      <h2>{say(TEXTS.upcoming)}</h2>
      <Loaded query={jobs} lines={3}>
        {({ items }) => {
          const next = upcoming(items).slice(0, LINES_SHOWN)
          if (next.length === 0) return <p className="muted">{say(TEXTS.nothing_scheduled)}</p>
          return (
            <ul>
              {next.map(({ name, next_slot }) => (
                <li key={name}>
                  <Link href={`/jobs/${name}`}>{name}</Link>
                  <span className="muted">
                    <Time at={next_slot} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }}
      </Loaded>
    </section>
  )
}

function Failures() {
  const say = useSay()
  const { whenTold } = useLive()
  const runs = useInfiniteQuery({
    ...runsQuery(null, { state: 'failed' }, FAILURES_SHOWN),
    refetchInterval: whenTold(),
  })
  return (
    <section className="wall-list wall-failures" aria-label={say(TEXTS.failures)}>
      <h2>{say(TEXTS.failures)}</h2>
      <Loaded query={runs} lines={3}>
        {({ pages: [page] }) =>
          page!.items.length === 0 ? (
            <p className="muted">{say(TEXTS.no_failures)}</p>
          ) : (
            <ul>
              {page!.items.map(({ id, job, error, finished_at, queued_at }) => (
                <li key={id}>
                  <Link href={`/runs/${id}`}>{job}</Link>

                  <span className="muted">
                    <Time at={finished_at ?? queued_at} />
                  </span>
                  <p className="muted">{error !== null && <Said text={error} />}</p>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  )
}

/** All by name; what is down comes first. */
function Health() {
  const say = useSay()
  const { every } = useLive()
  const health = useQuery({ ...healthQuery, refetchInterval: every(10_000) })
  return (
    <section className="wall-health" aria-label={say(TEXTS.health)}>
      <Loaded query={health} lines={2}>
        {(checks) => (
          <ul>
            {checks.map(({ name, status }) => (
              <li key={name} className={status === 'ok' ? 'good' : 'bad'}>
                <Icon name={status === 'ok' ? 'check' : 'cross'} size={24} />
                <CheckName name={name} />
                {status === 'ok' ? (
                  <span className="hidden-text">{say(STATUS.ok)}</span>
                ) : (
                  <strong>{say(STATUS[status])}</strong>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  )
}
