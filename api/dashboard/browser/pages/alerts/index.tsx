/** Alerts, worst first, and what is silenced. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useParameter } from '../../address.ts'
import type { Schemas } from '../../api/client.ts'
import { alertsQuery, worstFirst, type AlertFilter } from '../../data/alerts.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { FilterChoices, FilterText } from '../../parts/filter.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { AlertBadge } from '../../parts/state-badges/index.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { Time } from '../../parts/time.tsx'
import { Silences } from './silences.tsx'
import { TEXTS } from './texts.ts'

type Alert = Schemas['Alert']

export default function Alerts() {
  const say = useSay()
  const { whenTold } = useLive()
  const [text] = useParameter('q')
  const [chosenState] = useParameter('state')
  const [chosenSeverity] = useParameter('severity')
  const severity = SEVERITIES.find((one) => one === chosenSeverity)
  const filter: AlertFilter = {
    state: STATES.find((one) => one === chosenState) ?? 'firing',
    ...(severity && { severity }),
  }
  const alerts = useQuery({ ...alertsQuery(filter), refetchInterval: whenTold(), placeholderData: (before) => before })
  return (
    <>
      <PageHead title={say(TEXTS.title)} />
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
      </div>
      <div className="stack">
        <div className="panel flush">
          <Loaded query={alerts} lines={8}>
            {({ items }) => {
              const found = items.filter((alert) => fits(alert, text))
              if (found.length > 0)
                return <AlertTable alerts={filter.state === 'resolved' ? found : worstFirst(found)} />
              if (text || chosenState || severity)
                return (
                  <Empty icon="unknown" title={say(COMMON.nothing_found)}>
                    <Link href="/alerts">{say(COMMON.clear_filter)}</Link>
                  </Empty>
                )
              return <Empty title={say(TEXTS.none)}>{say(TEXTS.none_why)}</Empty>
            }}
          </Loaded>
        </div>
        <Silences />
      </div>
    </>
  )
}

const STATES = ['firing', 'pending', 'resolved'] as const
const SEVERITIES = ['CRITICAL', 'ERROR', 'WARNING', 'INFO'] as const

const fits = ({ name, subject, detail }: Alert, text: string) =>
  `${name} ${subject} ${detail}`.toLowerCase().includes(text.toLowerCase())

function AlertTable({ alerts }: { alerts: Alert[] }) {
  const say = useSay()
  return (
    <Table
      label={say(TEXTS.title)}
      rows={alerts}
      id={({ id }) => id}
      columns={[
        {
          title: say(TEXTS.severity),
          cell: ({ severity, state }) => <AlertBadge severity={severity} state={state} />,
        },
        {
          title: say(TEXTS.alert),
          cell: ({ id, name, subject }) => (
            <>
              <Link className="name" href={`/alerts/${id}`}>
                {subject}
              </Link>
              <br />
              <code className="muted small">{name}</code>
            </>
          ),
        },
        {
          title: say(TEXTS.detail),
          look: 'wide',
          can_wait: true,
          cell: ({ detail }) => <span className="clamp">{detail}</span>,
        },
        { title: say(TEXTS.since), cell: ({ opened_at }) => <Time at={opened_at} /> },
        {
          title: say(TEXTS.noted),
          can_wait: true,
          cell: ({ acknowledged_by }) => acknowledged_by ?? <span className="muted">{say(TEXTS.nobody)}</span>,
        },
      ]}
    />
  )
}
