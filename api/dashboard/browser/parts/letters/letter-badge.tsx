import type { LetterState } from '../../data/dead-letters.ts'
import { useSay } from '../../languages.ts'
import { Badge, type Tone } from '../badge.tsx'
import type { IconName } from '../icon.tsx'
import { STATES } from './texts.ts'

const LOOK: Record<LetterState, readonly [tone: Tone, icon: IconName]> = {
  dead: ['bad', 'cross'],
  replayed: ['info', 'retry'],
  purged: ['calm', 'bin'],
  replaced: ['calm', 'copy'],
}

export function LetterBadge({ state }: { state: LetterState }) {
  const say = useSay()
  const [tone, icon] = LOOK[state]
  return (
    <Badge tone={tone} icon={icon}>
      {say(STATES[state])}
    </Badge>
  )
}
