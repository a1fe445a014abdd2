/** The letters of a replay in the order in which they go, each with what became of it. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { numberIn } from '../../../../../lib/texts.ts'
import { useParameter } from '../../address.ts'
import { moreOf } from '../../data/by-cursor.ts'
import { isOpen, replayLettersQuery, type Outcome, type Replay, type ReplayedLetter } from '../../data/replays.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { OutcomeBadge } from '../../parts/letters/replay-badges.tsx'
import { OUTCOMES } from '../../parts/letters/texts.ts'
import { FilterChoices } from '../../parts/filter.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Empty, Loaded, NothingFound } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { Duration, Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'

/** Worst first. */
const STATES = ['died_again', 'sending', 'sent', 'pending', 'succeeded', 'gone', 'undone'] as const satisfies Outcome[]

const LOOK_MS = 2000

export function Letters({ replay }: { replay: Replay }) {
  const say = useSay()
  const { every, whenTold } = useLive()
  const [chosen] = useParameter('outcome')
  const outcome = STATES.find((one) => one === chosen)
  const letters = useInfiniteQuery({
    ...replayLettersQuery(replay.id, outcome),
    refetchInterval: isOpen(replay) ? every(LOOK_MS) : whenTold(),
  })
  return (
    <Panel title={say(TEXTS.letters)} flush>
      <div className="replay-letters-head">
        <FilterChoices
          label={say(TEXTS.outcome)}
          parameter="outcome"
          options={[['', say(TEXTS.all)], ...STATES.map((one) => [one, say(OUTCOMES[one])] as const)]}
        />
      </div>
      <Loaded query={letters} lines={6}>
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items)
          if (rows.length > 0) return <LetterTable rows={rows} more={moreOf(letters)} />
          return outcome ? <NothingFound /> : <Empty title={say(TEXTS.empty)} />
        }}
      </Loaded>
    </Panel>
  )
}

function LetterTable({ rows, more }: { rows: ReplayedLetter[]; more: (() => void) | undefined }) {
  const say = useSay()
  const locale = useLocale()
  return (
    <Table
      label={say(TEXTS.letters)}
      rows={rows}
      id={({ letter_id }) => letter_id}
      more={more}
      columns={[
        {
          title: say(TEXTS.message),
          cell: ({ letter_id, message_id }) =>
            message_id === null ? (
              <span className="muted">{say(TEXTS.deleted)}</span>
            ) : (
              <Link className="name" href={`/dead-letters/${letter_id}`}>
                <code className="id">{message_id}</code>
              </Link>
            ),
        },
        { title: say(TEXTS.outcome), cell: ({ state }) => <OutcomeBadge state={state} /> },
        {
          title: say(TEXTS.again),
          cell: ({ died_as }) => died_as !== null && <Link href={`/dead-letters/${died_as}`}>{say(TEXTS.look)}</Link>,
        },
        { title: say(TEXTS.origin), can_wait: true, cell: ({ origin }) => origin },
        { title: say(TEXTS.sent), can_wait: true, cell: ({ sent_at }) => sent_at !== null && <Time at={sent_at} /> },
        {
          title: say(TEXTS.took),
          look: 'number',
          can_wait: true,
          cell: ({ sent_at, ended_at }) =>
            sent_at !== null && ended_at !== null && <Duration from={sent_at} to={ended_at} />,
        },
        {
          title: say(TEXTS.position),
          look: 'number',
          can_wait: true,
          cell: ({ position }) => numberIn(position, locale),
        },
      ]}
    />
  )
}
