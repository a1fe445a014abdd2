/** What is recorded and not told, and until when; in the list of all also what was. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useParameter } from '../../address.ts'
import { now_ms } from '../../clock.ts'
import { createSilence, endSilence, RULES, silencesQuery, type Silence } from '../../data/alerts.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Badge } from '../../parts/badge.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { FilterChoices, FilterText } from '../../parts/filter.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { NewSilence } from '../../parts/silence-form/index.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { Time } from '../../parts/time.tsx'
import { tell } from '../../parts/toasts.tsx'
import { useMay } from '../../session/me.ts'
import { TEXTS } from './texts.ts'

export default function Silences() {
  const say = useSay()
  const { whenTold } = useLive()
  const [text] = useParameter('q')
  const [which] = useParameter('which')
  const silences = useQuery({ ...silencesQuery(which === 'all' ? {} : undefined), refetchInterval: whenTold() })
  return (
    <>
      <PageHead title={say(TEXTS.title)}>
        <NewSilence isMain />
      </PageHead>
      <p className="muted silences-why">
        {say(TEXTS.why)} <Link href="/alerts">{say(TEXTS.to_alerts)}</Link>
      </p>
      <div className="filters">
        <FilterText />
        <FilterChoices
          label={say(TEXTS.state)}
          parameter="which"
          options={[
            ['', say(TEXTS.now)],
            ['all', say(TEXTS.all)],
          ]}
        />
      </div>
      <div className="panel flush">
        <Loaded query={silences} lines={4}>
          {({ items }) => {
            const found = items.filter((one) => fits(one, text))
            if (found.length > 0) return <SilenceTable rows={found} />
            if (text) return <Empty icon="unknown" title={say(COMMON.nothing_found)} />
            return (
              <Empty icon="bell" title={say(which === 'all' ? TEXTS.never : TEXTS.none)}>
                {say(TEXTS.none_why)}
              </Empty>
            )
          }}
        </Loaded>
      </div>
    </>
  )
}

const fits = ({ rule, subject, reason, created_by }: Silence, text: string): boolean =>
  [rule, subject, reason, created_by].join(' ').toLowerCase().includes(text.toLowerCase())

function SilenceTable({ rows }: { rows: Silence[] }) {
  const say = useSay()
  const mayEnd = useMay('admin')
  return (
    <Table
      label={say(TEXTS.title)}
      rows={rows}
      id={({ id }) => id}
      columns={[
        { title: say(TEXTS.what), cell: (silence) => <What silence={silence} /> },
        { title: say(TEXTS.state), can_wait: true, cell: (silence) => <State silence={silence} /> },
        {
          title: say(TEXTS.reason),
          look: 'wide',
          can_wait: true,
          cell: ({ reason }) => <span className="clamp">{reason}</span>,
        },
        { title: say(TEXTS.by), can_wait: true, cell: ({ created_by }) => created_by },
        { title: say(TEXTS.begins), can_wait: true, cell: ({ starts_at }) => <Time at={starts_at} /> },
        { title: say(TEXTS.ends), cell: ({ ends_at }) => <Time at={ends_at} /> },
        ...(mayEnd
          ? [
              {
                title: say(COMMON.actions),
                hides_title: true,
                look: 'number',
                cell: (one: Silence) => Date.parse(one.ends_at) > now_ms() && <End silence={one} />,
              } as const,
            ]
          : []),
      ]}
    />
  )
}

function State({ silence: { active, ends_at } }: { silence: Silence }) {
  const say = useSay()
  const [tone, icon, text] = active
    ? (['info', 'mute', TEXTS.lasts] as const)
    : Date.parse(ends_at) > now_ms()
      ? (['calm', 'waiting', TEXTS.planned] as const)
      : (['calm', 'check', TEXTS.over] as const)
  return (
    <Badge tone={tone} icon={icon}>
      {say(text)}
    </Badge>
  )
}

function What({ silence: { rule, subject } }: { silence: Silence }) {
  const say = useSay()
  if (rule === null && subject === null) return <strong>{say(TEXTS.everything)}</strong>
  return (
    <>
      {subject !== null && (
        <>
          <strong className="name">{subject}</strong>
          <br />
        </>
      )}
      {rule !== null && <code className="small muted">{rule}</code>}
    </>
  )
}

function End({ silence }: { silence: Silence }) {
  const say = useSay()
  const queries = useQueryClient()
  const { id, rule, subject, ends_at, reason } = silence
  const what = [subject, rule].filter(Boolean).join(' · ') || say(TEXTS.everything)
  const changed = () =>
    Promise.all([['silences'], ['alerts']].map((queryKey) => queries.invalidateQueries({ queryKey })))

  async function again(): Promise<void> {
    const known = RULES.find((one) => one === rule)
    await createSilence({ ...(known && { rule: known }), ...(subject !== null && { subject }), ends_at, reason })
    await changed()
    tell(say(TEXTS.goes_on))
  }

  return (
    <Confirm
      action={say(TEXTS.end_now)}
      look="quiet"
      title={say(TEXTS.end_title, { what })}
      run={async () => {
        await endSilence(id)
        await changed()
        tell(say(TEXTS.ended), again)
      }}
    >
      <p>{say(TEXTS.end_why)}</p>
    </Confirm>
  )
}
