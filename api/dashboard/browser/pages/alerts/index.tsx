/** Alerts: open ones worst first, what was newest first; what is silenced says until when. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useParameter } from '../../address.ts'
import { alertPagesQuery, RULES, silenceOf, silencesQuery, type Alert, type AlertFilter } from '../../data/alerts.ts'
import { moreOf } from '../../data/by-cursor.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Acknowledge } from '../../parts/acknowledge/index.tsx'
import { Badge } from '../../parts/badge.tsx'
import { FilterChoices, FilterText } from '../../parts/filter.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { AlertBadge } from '../../parts/state-badges/index.tsx'
import { Empty, Loaded, NothingFound } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { shortTime, Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'
import { Said } from '../../parts/said.tsx'

const STATES = ['firing', 'pending', 'resolved'] as const
const SEVERITIES = ['CRITICAL', 'ERROR', 'WARNING', 'INFO'] as const

export default function Alerts() {
  const say = useSay()
  const { whenTold } = useLive()
  const filter = useFilter()
  const { state = 'firing', ...narrower } = filter
  const alerts = useInfiniteQuery({ ...alertPagesQuery({ ...narrower, state }), refetchInterval: whenTold() })
  const rows = alerts.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <>
      <PageHead title={say(TEXTS.title)}>
        <Acknowledge alerts={rows} isMany />
        <Link className="button" href="/silences">
          {say(TEXTS.silences)}
        </Link>
      </PageHead>
      <div className="filters">
        <FilterText />
        <FilterChoices
          label={say(TEXTS.state)}
          parameter="state"
          options={[
            ['', say(TEXTS.open)],
            ['pending', say(TEXTS.pending)],
            ['resolved', say(TEXTS.resolved)],
          ]}
        />
        <FilterChoices
          label={say(TEXTS.severity)}
          parameter="severity"
          options={[
            ['', say(TEXTS.any)],
            ['CRITICAL', say(TEXTS.critical)],
            ['ERROR', say(TEXTS.error)],
            ['WARNING', say(TEXTS.warning)],
            ['INFO', say(TEXTS.info)],
          ]}
        />
        <RuleChoice />
        <FilterChoices
          label={say(TEXTS.told)}
          parameter="silenced"
          options={[
            ['', say(TEXTS.all)],
            ['true', say(TEXTS.silenced_only)],
          ]}
        />
      </div>
      <div className="panel flush">
        <Loaded query={alerts} lines={8}>
          {() => {
            if (rows.length > 0) return <AlertTable alerts={rows} more={moreOf(alerts)} />
            if (Object.keys(filter).length > 0) return <NothingFound />
            return (
              <Empty title={say(TEXTS.none)}>
                {say(TEXTS.none_why)} <Link href="/alerts?state=resolved">{say(TEXTS.what_was)}</Link>
              </Empty>
            )
          }}
        </Loaded>
      </div>
    </>
  )
}

/** Of the address. */
function useFilter(): AlertFilter {
  const [q] = useParameter('q')
  const [chosenState] = useParameter('state')
  const [chosenSeverity] = useParameter('severity')
  const [chosenRule] = useParameter('rule')
  const [silenced] = useParameter('silenced')
  const state = STATES.find((one) => one === chosenState)
  const severity = SEVERITIES.find((one) => one === chosenSeverity)
  const rule = RULES.find((one) => one === chosenRule)
  return {
    ...(state && { state }),
    ...(severity && { severity }),
    ...(rule && { rule }),
    ...(q && { q }),
    ...(silenced === 'true' && { silenced: true }),
  }
}

function RuleChoice() {
  const say = useSay()
  const [rule, setRule] = useParameter('rule')
  return (
    <select
      className="select alerts-rule"
      aria-label={say(TEXTS.rule)}
      value={rule}
      onChange={({ target }) => setRule(target.value)}
    >
      <option value="">{say(TEXTS.any_rule)}</option>
      {RULES.map((one) => (
        <option key={one}>{one}</option>
      ))}
    </select>
  )
}

function AlertTable({ alerts, more }: { alerts: Alert[]; more: (() => void) | undefined }) {
  const say = useSay()
  const locale = useLocale()
  const { whenTold } = useLive()
  const silences = useQuery({ ...silencesQuery(), refetchInterval: whenTold() })
  return (
    <Table
      label={say(TEXTS.title)}
      rows={alerts}
      id={({ id }) => id}
      more={more}
      columns={[
        {
          title: say(TEXTS.severity),
          cell: ({ severity, state }) => <AlertBadge severity={severity} state={state} />,
        },
        {
          title: say(TEXTS.alert),
          look: 'wide',
          cell: (alert) => {
            const silence = alert.state === 'resolved' ? undefined : silenceOf(silences.data?.items ?? [], alert)
            return (
              <>
                <Link className="name alert-title" href={`/alerts/${alert.id}`}>
                  {alert.title}
                </Link>
                <span className="row">
                  <code className="muted small">{alert.name}</code>
                  {silence && (
                    <Badge tone="calm" icon="mute">
                      {say(TEXTS.silenced, { time: shortTime(silence.ends_at, locale) })}
                    </Badge>
                  )}
                  {alert.caused_by !== null && (
                    <Link className="small" href={`/alerts/${alert.caused_by}`}>
                      {say(TEXTS.consequence)}
                    </Link>
                  )}
                </span>
              </>
            )
          },
        },
        {
          title: say(TEXTS.detail),
          can_wait: true,
          cell: ({ detail }) => (
            <span className="clamp small">
              <Said text={detail} />
            </span>
          ),
        },
        { title: say(TEXTS.since), cell: ({ opened_at }) => <Time at={opened_at} /> },
        { title: say(TEXTS.noted), can_wait: true, cell: (alert) => <Noted alert={alert} /> },
      ]}
    />
  )
}

function Noted({ alert: { acknowledged_by, acknowledged_at, acknowledged_note } }: { alert: Alert }) {
  const say = useSay()
  if (acknowledged_at === null) return <span className="muted">{say(TEXTS.nobody)}</span>
  return (
    <>
      {acknowledged_by}
      {acknowledged_note !== null && <span className="small muted clamp">{acknowledged_note}</span>}
    </>
  )
}
