/** The states of replays and of the letters in them. */
import type { Outcome, ReplayState } from '../../data/replays.ts'
import { useSay } from '../../languages.ts'
import { Badge, type Tone } from '../badge.tsx'
import type { IconName } from '../icon.tsx'
import { OUTCOMES, REPLAYS } from './texts.ts'

type Look = readonly [tone: Tone, icon: IconName]

const REPLAY_LOOK: Record<ReplayState, Look> = {
  canary: ['info', 'waiting'],
  running: ['info', 'play'],
  paused: ['warn', 'pause'],
  done: ['good', 'check'],
  cancelled: ['calm', 'stop'],
}

export const OUTCOME_LOOK: Record<Outcome, Look> = {
  pending: ['calm', 'waiting'],
  sending: ['info', 'upload'],
  sent: ['info', 'play'],
  succeeded: ['good', 'check'],
  died_again: ['bad', 'cross'],
  gone: ['calm', 'skip'],
  undone: ['calm', 'stop'],
}

/** One whose canary died waits for a person: that is worse than a pause. */
export function ReplayBadge({ state, pause_reason }: { state: ReplayState; pause_reason: string | null }) {
  const say = useSay()
  const [tone, icon] = REPLAY_LOOK[state]
  if (state === 'paused' && pause_reason === 'canary_failed')
    return (
      <Badge tone="bad" icon="warning">
        {say(REPLAYS.canary_failed)}
      </Badge>
    )
  return (
    <Badge tone={tone} icon={icon}>
      {say(REPLAYS[state])}
    </Badge>
  )
}

export function OutcomeBadge({ state }: { state: Outcome }) {
  const say = useSay()
  const [tone, icon] = OUTCOME_LOOK[state]
  return (
    <Badge tone={tone} icon={icon}>
      {say(OUTCOMES[state])}
    </Badge>
  )
}
