/** How far a replay is, as one bar: what succeeded, what died again, what is on its way, what is not sent. */
import type { Replay } from '../../data/replays.ts'
import { useSay } from '../../languages.ts'
import { TEXTS } from './texts.ts'

export function ReplayProgress({ replay, height = 10 }: { replay: Replay; height?: number }) {
  const say = useSay()
  const { succeeded, died_again, waiting, unsent, total } = replay
  const parts = [
    ['good', succeeded],
    ['bad', died_again],
    ['info', waiting],
    ['calm', total - succeeded - died_again - waiting - unsent],
  ] as const
  let at = 0
  return (
    <svg
      className="replay-bar"
      viewBox={`0 0 ${Math.max(total, 1)} 1`}
      preserveAspectRatio="none"
      height={height}
      role="img"
      aria-label={say(TEXTS.progress, { succeeded, died: died_again, waiting, unsent, total })}
    >
      {parts.map(([tone, count]) => {
        const x = at
        at += count
        return count > 0 && <rect key={tone} className={`bar ${tone}`} x={x} y={0} width={count} height={1} />
      })}
    </svg>
  )
}
