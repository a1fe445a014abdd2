/** One replay: how far it is, what its canary said, and what became of each of its letters. */
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'wouter'
import { numberIn } from '../../../../../lib/texts.ts'
import { isOpen, replayQuery, type Replay } from '../../data/replays.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Held } from '../../parts/letters/held.tsx'
import { ReplayBadge } from '../../parts/letters/replay-badges.tsx'
import { Facts, PageHead, Panel } from '../../parts/panel.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Duration, Time } from '../../parts/time.tsx'
import { Actions } from './actions.tsx'
import { Canary } from './canary.tsx'
import { Figures } from './figures.tsx'
import { Letters } from './letters.tsx'
import { TEXTS } from './texts.ts'

/** While it goes on; each look costs the API little. */
const LOOK_MS = 1500

export default function ReplayPage() {
  const { id = '' } = useParams<{ id: string }>()
  const { every, whenTold } = useLive()
  const replay = useQuery({
    ...replayQuery(id),
    refetchInterval: ({ state: { data } }) => (data && isOpen(data) ? every(LOOK_MS) : whenTold()),
  })
  return <Loaded query={replay}>{(known) => <ReplayView replay={known} />}</Loaded>
}

function ReplayView({ replay }: { replay: Replay }) {
  const say = useSay()
  return (
    <>
      <PageHead title={replay.name} badge={<ReplayBadge {...replay} />}>
        <Actions replay={replay} />
      </PageHead>
      {isOpen(replay) && <Held source={replay.source} />}
      <div className="stack">
        <Panel title={say(TEXTS.progress)}>
          <Figures replay={replay} />
        </Panel>
        <div className="columns">
          <Canary replay={replay} />
          <ReplayFacts replay={replay} />
        </div>
        <Letters replay={replay} />
      </div>
    </>
  )
}

function ReplayFacts({ replay }: { replay: Replay }) {
  const say = useSay()
  const locale = useLocale()
  const { source, rate_per_s, created_by, created_at, finished_at, taken } = replay
  return (
    <Panel title={say(TEXTS.facts)}>
      <Facts
        of={[
          [say(TEXTS.source), source],
          [say(TEXTS.selection), <Selected by={replay.filter} />],
          [say(TEXTS.rate), say(TEXTS.per_second, { rate: numberIn(rate_per_s, locale, 1) })],
          [say(TEXTS.by), created_by],
          [say(TEXTS.began), <Time at={created_at} />],
          ...(finished_at === null
            ? []
            : [
                [say(TEXTS.ended), <Time at={finished_at} />] as const,
                [say(TEXTS.lasted), <Duration from={created_at} to={finished_at} />] as const,
              ]),
          ...(taken > 0 ? [[say(TEXTS.taken), numberIn(taken, locale)] as const] : []),
        ]}
      />
    </Panel>
  )
}

/** The list as it is now: the replay has what fitted when it began. */
function Selected({ by }: { by: Replay['filter'] }) {
  const say = useSay()
  if (by.ids) return <>{say(TEXTS.by_ids)}</>
  const { group, origin, q, message_id } = by
  const search = new URLSearchParams({
    show: 'letters',
    ...(group && { group }),
    ...(origin && { origin }),
    ...(q && { q }),
    ...(message_id && { message: message_id }),
  })
  const word = group && search.size === 2 ? TEXTS.by_group : search.size > 1 ? TEXTS.by_filter : TEXTS.by_all
  return <Link href={`/dead-letters?${search}`}>{say(word)}</Link>
}
