/** The groups, the largest first: what died of the same, since when, how fast it grows, and what is known of it. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { numberIn } from '../../../../../lib/texts.ts'
import { useParameter } from '../../address.ts'
import { now_ms } from '../../clock.ts'
import { groupsQuery, type Group } from '../../data/dead-letters.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Badge } from '../../parts/badge.tsx'
import { StartReplay } from '../../parts/replay-form/index.tsx'
import { Empty, Loaded, NothingFound } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { Time } from '../../parts/time.tsx'
import { useMay } from '../../session/me.ts'
import { EditNote, Note } from './note.tsx'
import { TEXTS } from './texts.ts'

export function Groups() {
  const { whenTold } = useLive()
  const [q] = useParameter('q')
  const groups = useQuery({ ...groupsQuery(), refetchInterval: whenTold() })
  return (
    <>
      <div className="panel flush">
        <Loaded query={groups} lines={6}>
          {({ items }) => {
            const rows = items.filter((group) => fits(group, q))
            if (rows.length > 0) return <GroupTable rows={rows} />
            return items.length > 0 ? <NothingFound /> : <None />
          }}
        </Loaded>
      </div>
      {groups.data && groups.data.letters > 0 && <Summary {...groups.data} />}
    </>
  )
}

function None() {
  const say = useSay()
  return (
    <Empty title={say(TEXTS.none)}>
      {say(TEXTS.none_why)} <Link href="/orders">{say(TEXTS.to_flow)}</Link>
    </Empty>
  )
}

function Summary({ items, groups, letters }: { items: Group[]; groups: number; letters: number }) {
  const say = useSay()
  const locale = useLocale()
  const total = say(TEXTS.summary, { count: groups, letters: numberIn(letters, locale) })
  return (
    <p className="muted small list-count">
      <Link href="/dead-letters?show=letters">{total}</Link>
      {items.length < groups && ` · ${say(TEXTS.shown, { shown: items.length })}`}
    </p>
  )
}

/** Every word is somewhere in it. */
const fits = ({ source, step, reason, cause, note }: Group, q: string): boolean => {
  const all = `${source} ${step} ${reason} ${cause} ${note ?? ''}`.toLowerCase()
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word))
}

export const lettersOf = ({ id }: Group): string => `/dead-letters?group=${id}`

const NEW_MS = 3_600_000
const isNew = ({ first_at }: Group): boolean => now_ms() - Date.parse(first_at) < NEW_MS

function GroupTable({ rows }: { rows: Group[] }) {
  const say = useSay()
  const locale = useLocale()
  const mayAct = useMay('operator')
  return (
    <Table
      label={say(TEXTS.title)}
      rows={rows}
      id={({ id }) => id}
      columns={[
        {
          title: say(TEXTS.cause),
          look: 'wide',
          cell: (group) => (
            <>
              <Link className="name" href={lettersOf(group)}>
                {group.cause}
              </Link>
              <span className="row">
                <Kind of={group} />
                {isNew(group) && (
                  <Badge tone="warn" icon="warning">
                    {say(TEXTS.new)}
                  </Badge>
                )}
              </span>
              <Note of={group} />
            </>
          ),
        },
        {
          title: say(TEXTS.count),
          look: 'number',
          cell: (group) => <Link href={lettersOf(group)}>{numberIn(group.count, locale)}</Link>,
        },
        {
          title: say(TEXTS.last_hour),
          look: 'number',
          can_wait: true,
          cell: ({ last_hour }) =>
            last_hour > 0 ? `+${numberIn(last_hour, locale)}` : <span className="muted">0</span>,
        },
        { title: say(TEXTS.first), can_wait: true, cell: ({ first_at }) => <Time at={first_at} /> },
        { title: say(TEXTS.last), cell: ({ last_at }) => <Time at={last_at} /> },
        ...(mayAct
          ? [
              {
                title: say(COMMON.actions),
                hides_title: true as const,
                can_wait: true as const,
                cell: (group: Group) => (
                  <span className="letters-actions">
                    <EditNote group={group} look="quiet" />
                    <StartReplay
                      source={group.source}
                      selection={{ filter: { group: group.id } }}
                      about={group.reason}
                    />
                  </span>
                ),
              },
            ]
          : []),
      ]}
    />
  )
}

/** The step and the stable code, which programs and people say to each other. */
export function Kind({ of: { source, step, reason } }: { of: Pick<Group, 'source' | 'step' | 'reason'> }) {
  return (
    <span className="small muted">
      {source} · {step} · <code>{reason}</code>
    </span>
  )
}
