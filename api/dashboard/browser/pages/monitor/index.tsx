/** One monitor: its uptime, its latency over the last hours, and its last changes. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useParams } from 'wouter'
import { durationIn, numberIn } from '../../../../../lib/texts.ts'
import type { Schemas } from '../../api/client.ts'
import { monitorQuery } from '../../data/monitors.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Icon } from '../../parts/icon.tsx'
import { CertificateEnd } from '../../parts/certificate-end.tsx'
import { CopyButton } from '../../parts/copy.tsx'
import { MonitorTarget } from '../../parts/monitor-target.tsx'
import { OpenAlerts } from '../../parts/open-alerts/index.tsx'
import { Facts, PageHead, Panel } from '../../parts/panel.tsx'
import { MonitorBadge } from '../../parts/state-badges/monitor.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { TimeSeries } from '../../parts/time-series/index.tsx'
import { UptimeDays } from '../../parts/uptime-days/index.tsx'
import { TEXTS } from './texts.ts'
import { Said } from '../../parts/said.tsx'

type Monitor = Schemas['MonitorDetails']

export default function MonitorPage() {
  const { name = '' } = useParams<{ name: string }>()
  const { every } = useLive()
  const monitor = useQuery({ ...monitorQuery(name), refetchInterval: every(10_000) })
  return <Loaded query={monitor}>{(known) => <MonitorView monitor={known} />}</Loaded>
}

function MonitorView({ monitor }: { monitor: Monitor }) {
  const say = useSay()
  const locale = useLocale()
  const { name, state, detail, every_s, deadline, since, checked_at, certificate_ends_at, ping_path } = monitor
  const share = (percent: number | null) => (percent === null ? '—' : `${numberIn(percent, locale, 2)}%`)
  return (
    <>
      <PageHead title={name} badge={<MonitorBadge state={state} />} />
      <div className="stack">
        <OpenAlerts subject={name} />
        {detail !== null && state !== 'up' && (
          <p className="trouble bad">
            <Icon name="warning" />
            {detail !== null && <Said text={detail} />}
          </p>
        )}
        <Panel title={say(TEXTS.target)}>
          <Facts
            of={[
              [say(TEXTS.target), <MonitorTarget of={monitor} />],
              ...(every_s === null ? [] : [[say(TEXTS.every), durationIn(every_s * 1000, locale)] as const]),
              ...(deadline === null ? [] : [[say(TEXTS.deadline), <Time at={deadline} />] as const]),
              [say(TEXTS.since), <Time at={since} />],
              [say(TEXTS.checked), checked_at === null ? '—' : <Time at={checked_at} />],
              ...(certificate_ends_at === null
                ? []
                : [[say(TEXTS.certificate), <CertificateEnd at={certificate_ends_at} />] as const]),
              ...monitor.uptimes.map(
                ({ hours, uptime_percent }) =>
                  [
                    `${say(TEXTS.uptime)}, ${hours < 48 ? say(TEXTS.hours, { count: hours }) : say(TEXTS.days, { count: hours / 24 })}`,
                    share(uptime_percent),
                  ] as const,
              ),
            ]}
          />
          {ping_path !== null && (
            <div className="push-url">
              <p className="small muted">
                {say(TEXTS.ping)}. {say(TEXTS.ping_why)}
              </p>
              <div className="row">
                <code className="secret">{`${location.origin}${ping_path}`}</code>
                <CopyButton text={() => `${location.origin}${ping_path}`} />
              </div>
            </div>
          )}
        </Panel>
        <Panel title={say(TEXTS.days_title)} aside={say(TEXTS.newest_right)}>
          <UptimeDays days={monitor.days} large />
        </Panel>
        <Latency hours={monitor.hours} />
        <Events events={monitor.events} />
      </div>
    </>
  )
}

/** One point makes no line. */
const LEAST_HOURS = 2

function Latency({ hours }: { hours: Monitor['hours'] }) {
  const say = useSay()
  const mean = say(TEXTS.mean)
  const highest = say(TEXTS.highest)
  const { times, series } = useMemo(() => {
    const ordered = hours.toReversed()
    return {
      times: ordered.map(({ hour }) => hour),
      series: [
        { name: mean, colour: 'accent', values: ordered.map(({ latency_mean_ms }) => latency_mean_ms) },
        { name: highest, colour: 'warn', values: ordered.map(({ latency_max_ms }) => latency_max_ms) },
      ],
    }
  }, [hours, mean, highest])
  return (
    <Panel title={say(TEXTS.latency)}>
      {hours.filter(({ latency_mean_ms }) => latency_mean_ms !== null).length < LEAST_HOURS ? (
        <p className="muted">{say(TEXTS.no_latency)}</p>
      ) : (
        <TimeSeries label={say(TEXTS.latency)} times={times} series={series} unit="ms" withDay />
      )}
    </Panel>
  )
}

function Events({ events }: { events: Monitor['events'] }) {
  const say = useSay()
  return (
    <Panel title={say(TEXTS.events)} flush>
      {events.length === 0 ? (
        <p className="panel-note muted">{say(TEXTS.no_events)}</p>
      ) : (
        <Table
          label={say(TEXTS.events)}
          rows={events}
          id={({ id }) => String(id)}
          columns={[
            { title: say(TEXTS.event), cell: ({ kind }) => <MonitorBadge state={kind} /> },
            { title: say(TEXTS.at), cell: ({ at }) => <Time at={at} /> },
            {
              title: say(TEXTS.detail),
              look: 'wide',
              cell: ({ detail, log }) => (
                <>
                  {detail !== null && <Said text={detail} />}
                  {log !== null && <pre className="small muted clamp">{log}</pre>}
                </>
              ),
            },
          ]}
        />
      )}
    </Panel>
  )
}
