/** Every replay: those that a person has to look at first, then the newest. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { numberIn } from '../../../../../lib/texts.ts'
import { useParameter } from '../../address.ts'
import { moreOf } from '../../data/by-cursor.ts'
import { isOpen, replaysQuery, type Replay } from '../../data/replays.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { FilterChoices } from '../../parts/filter.tsx'
import { ReplayBadge } from '../../parts/letters/replay-badges.tsx'
import { REPLAYS } from '../../parts/letters/texts.ts'
import { PageHead } from '../../parts/panel.tsx'
import { ReplayProgress } from '../../parts/replay-progress/index.tsx'
import { Empty, Loaded, NothingFound } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'

const STATES = ['canary', 'running', 'paused', 'done', 'cancelled'] as const

/** While one goes on. */
const LOOK_MS = 2000

export default function Replays() {
  const say = useSay()
  const { every, whenTold } = useLive()
  const [chosen] = useParameter('state')
  const state = STATES.find((one) => one === chosen)
  const replays = useInfiniteQuery({
    ...replaysQuery(state),
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some(({ items }) => items.some(isOpen)) ? every(LOOK_MS) : whenTold(),
  })
  return (
    <>
      <PageHead title={say(TEXTS.title)}>
        <Link className="button" href="/dead-letters">
          {say(TEXTS.letters)}
        </Link>
      </PageHead>
      <div className="filters">
        <FilterChoices
          label={say(TEXTS.state)}
          parameter="state"
          options={[['', say(TEXTS.all)], ...STATES.map((one) => [one, say(REPLAYS[one])] as const)]}
        />
      </div>
      <div className="panel flush">
        <Loaded query={replays} lines={6}>
          {({ pages }) => {
            const rows = pages.flatMap(({ items }) => items)
            if (rows.length > 0) return <ReplayTable rows={worstFirst(rows)} more={moreOf(replays)} />
            if (state) return <NothingFound />
            return (
              <Empty icon="retry" title={say(TEXTS.none)}>
                <Link href="/dead-letters">{say(TEXTS.none_how)}</Link>
              </Empty>
            )
          }}
        </Loaded>
      </div>
    </>
  )
}

/** Which wait for a person, which go on, which are over; the order of time within each. */
const rankOf = (replay: Replay): number => (replay.state === 'paused' ? 0 : isOpen(replay) ? 1 : 2)
const worstFirst = (rows: Replay[]): Replay[] => rows.toSorted((a, b) => rankOf(a) - rankOf(b))

function ReplayTable({ rows, more }: { rows: Replay[]; more: (() => void) | undefined }) {
  const say = useSay()
  const locale = useLocale()
  return (
    <Table
      label={say(TEXTS.title)}
      rows={rows}
      id={({ id }) => id}
      more={more}
      columns={[
        {
          title: say(TEXTS.name),
          cell: ({ id, name }) => (
            <Link className="name" href={`/replays/${id}`}>
              {name}
            </Link>
          ),
        },
        { title: say(TEXTS.state), cell: (replay) => <ReplayBadge {...replay} /> },
        { title: say(TEXTS.progress), cell: (replay) => <ReplayProgress replay={replay} /> },
        {
          title: say(TEXTS.succeeded),
          look: 'number',
          can_wait: true,
          cell: ({ id, succeeded }) => (
            <Link href={`/replays/${id}?outcome=succeeded`}>{numberIn(succeeded, locale)}</Link>
          ),
        },
        {
          title: say(TEXTS.died),
          look: 'number',
          can_wait: true,
          cell: ({ id, died_again }) => (
            <Link href={`/replays/${id}?outcome=died_again`}>{numberIn(died_again, locale)}</Link>
          ),
        },
        {
          title: say(TEXTS.total),
          look: 'number',
          can_wait: true,
          cell: ({ id, total }) => <Link href={`/replays/${id}`}>{numberIn(total, locale)}</Link>,
        },
        { title: say(TEXTS.by), can_wait: true, cell: ({ created_by }) => created_by },
        { title: say(TEXTS.began), can_wait: true, cell: ({ created_at }) => <Time at={created_at} /> },
      ]}
    />
  )
}
