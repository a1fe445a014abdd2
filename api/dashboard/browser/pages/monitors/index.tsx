/** What is watched beside Doca: sites, ports, names and other machines' jobs; what fails comes first. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useParameter } from '../../address.ts'
import { monitorsQuery, worstMonitorsFirst, type Monitor } from '../../data/monitors.ts'
import { numberIn } from '../../../../../lib/texts.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Badge } from '../../parts/badge.tsx'
import { FilterChoices, FilterText } from '../../parts/filter.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { MonitorBadge } from '../../parts/state-badges/monitor.tsx'
import { Empty, Loaded, NothingFound } from '../../parts/states.tsx'
import { Said } from '../../parts/said.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { CertificateEnd } from '../../parts/certificate-end.tsx'
import { MonitorTarget } from '../../parts/monitor-target.tsx'
import { UptimeDays } from '../../parts/uptime-days/index.tsx'
import { TEXTS } from './texts.ts'

export default function Monitors() {
  const say = useSay()
  const { every } = useLive()
  const [text] = useParameter('q')
  const [shown] = useParameter('show')
  const monitors = useQuery({ ...monitorsQuery, refetchInterval: every(10_000) })
  return (
    <>
      <PageHead title={say(TEXTS.title)} />
      <div className="filters">
        <FilterText />
        <FilterChoices
          label={say(TEXTS.show)}
          parameter="show"
          options={[
            ['', `${say(TEXTS.all)} ${monitors.data?.items.length ?? ''}`],
            ['failing', `${say(TEXTS.troubled)} ${monitors.data?.items.filter(isTroubled).length ?? ''}`],
          ]}
        />
      </div>
      <div className="panel flush">
        <Loaded query={monitors} lines={8}>
          {({ items }) => {
            if (items.length === 0)
              return (
                <Empty icon="gauge" title={say(TEXTS.none)}>
                  {say(TEXTS.none_how)}
                </Empty>
              )
            const found = items.filter(
              (one) =>
                `${one.name} ${one.target}`.includes(text.toLowerCase()) && (shown !== 'failing' || isTroubled(one)),
            )
            if (found.length === 0) return <NothingFound />
            return <MonitorTable monitors={worstMonitorsFirst(found)} />
          }}
        </Loaded>
      </div>
    </>
  )
}

const isTroubled = ({ state, gone_at }: Monitor) => state === 'down' || state === 'failing' || gone_at !== null

function MonitorTable({ monitors }: { monitors: Monitor[] }) {
  const say = useSay()
  const locale = useLocale()
  const certificate: Column<Monitor> = {
    title: say(TEXTS.certificate),
    can_wait: true,
    cell: ({ certificate_ends_at: ends_at }) => ends_at && <CertificateEnd at={ends_at} />,
  }
  return (
    <Table
      label={say(TEXTS.title)}
      rows={monitors}
      id={({ name }) => name}
      columns={[
        {
          title: say(TEXTS.monitor),
          cell: ({ name, gone_at }) => (
            <span className="row">
              <Link className="name" href={`/monitors/${name}`}>
                {name}
              </Link>
              {gone_at !== null && (
                <Badge tone="warn" icon="unknown">
                  {say(TEXTS.gone)}
                </Badge>
              )}
            </span>
          ),
        },
        { title: say(TEXTS.state), cell: ({ state }) => <MonitorBadge state={state} /> },
        {
          title: say(TEXTS.target),
          look: 'wide',
          can_wait: true,
          cell: (one) => (one.detail === null ? <MonitorTarget of={one} /> : <Said text={one.detail} />),
        },
        { title: say(TEXTS.days), can_wait: true, cell: ({ days }) => <UptimeDays days={days} /> },
        { title: say(TEXTS.since), can_wait: true, cell: ({ since }) => <Time at={since} /> },
        {
          title: say(TEXTS.uptime),
          look: 'number',
          can_wait: true,
          cell: ({ last_day: { uptime_percent: share } }) => (share === null ? '—' : `${numberIn(share, locale, 2)}%`),
        },
        ...(monitors.some(({ certificate_ends_at }) => certificate_ends_at !== null) ? [certificate] : []),
        {
          title: say(TEXTS.latency),
          look: 'number',
          can_wait: true,
          cell: ({ last_day: { latency_mean_ms: mean } }) => (mean === null ? '—' : `${numberIn(mean, locale)} ms`),
        },
      ]}
    />
  )
}
