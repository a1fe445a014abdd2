/** The bar, and each of its figures as a link to the letters that it counts. */
import { Link } from 'wouter'
import { numberIn } from '../../../../../lib/texts.ts'
import { useParameter } from '../../address.ts'
import type { Outcome, Replay } from '../../data/replays.ts'
import { useLocale } from '../../languages.ts'
import { OutcomeBadge } from '../../parts/letters/replay-badges.tsx'
import { ReplayProgress } from '../../parts/replay-progress/index.tsx'

export function Figures({ replay }: { replay: Replay }) {
  const locale = useLocale()
  const [outcome] = useParameter('outcome')
  const { id, died_again, waiting, unsent, succeeded, gone, undone } = replay
  const figures: Array<[Outcome, number]> = [
    ['died_again', died_again],
    ['sent', waiting],
    ['pending', unsent],
    ['succeeded', succeeded],
  ]
  // What hardly ever happens is shown when it has.
  if (gone > 0) figures.push(['gone', gone])
  if (undone > 0) figures.push(['undone', undone])
  return (
    <>
      <ReplayProgress replay={replay} height={14} />
      <div className="replay-figures">
        {figures.map(([state, count]) => (
          <Link
            key={state}
            className="replay-figure"
            aria-current={outcome === state ? 'true' : undefined}
            href={`/replays/${id}?outcome=${state}`}
          >
            <strong>{numberIn(count, locale)}</strong>
            <OutcomeBadge state={state} />
          </Link>
        ))}
      </div>
    </>
  )
}
