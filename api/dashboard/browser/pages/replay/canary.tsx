/** What became of the letters that went alone first, and so of the rest. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { isOpen, replayLettersQuery, type Replay } from '../../data/replays.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Icon } from '../../parts/icon.tsx'
import { OutcomeBadge } from '../../parts/letters/replay-badges.tsx'
import { Panel } from '../../parts/panel.tsx'
import { TEXTS } from './texts.ts'

const LOOK_MS = 2000
/** Each is shown by itself. */
const SHOWN = 20

export function Canary({ replay }: { replay: Replay }) {
  const say = useSay()
  const { every, whenTold } = useLive()
  const { id, canary, state } = replay
  const letters = useInfiniteQuery({
    ...replayLettersQuery(id, undefined),
    refetchInterval: state === 'canary' && isOpen(replay) ? every(LOOK_MS) : whenTold(),
  })
  const first = letters.data?.pages.flatMap(({ items }) => items).slice(0, canary) ?? []
  return (
    <Panel title={say(TEXTS.canary)}>
      <Said replay={replay} died={first.filter((letter) => letter.state === 'died_again').length} />
      {first.length > 0 && (
        <ul className="replay-canary-list">
          {first.slice(0, SHOWN).map(({ letter_id, state, died_as }) => (
            <li key={letter_id}>
              <Link href={`/dead-letters/${died_as ?? letter_id}`}>
                <OutcomeBadge state={state} />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

/** `died`: how many of the canary did. */
function Said({ replay: { canary, state, pause_reason, total }, died }: { replay: Replay; died: number }) {
  const say = useSay()
  if (canary === 0) return <p className="muted">{say(TEXTS.canary_none)}</p>
  if (state === 'paused' && pause_reason === 'canary_failed')
    return (
      <p className="trouble bad" role="status">
        <Icon name="warning" size={16} />
        <span>{say(TEXTS.canary_failed, { count: died })}</span>
      </p>
    )
  if (state === 'canary') return <p>{say(TEXTS.canary_going, { count: Math.min(canary, total) })}</p>
  if (total <= canary) return <p>{say(TEXTS.canary_was_all)}</p>
  if (state === 'cancelled') return died > 0 && <p>{say(TEXTS.canary_stopped, { count: died })}</p>
  if (died > 0) return <p>{say(TEXTS.canary_overruled, { count: died })}</p>
  return state !== 'paused' && <p>{say(TEXTS.canary_passed, { count: canary })}</p>
}
