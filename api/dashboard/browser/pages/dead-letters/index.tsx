/** Dead letters: by what they died of, one by one, those that were sent again, and the bin. */
import { Link } from 'wouter'
import { useParameter } from '../../address.ts'
import { useSay } from '../../languages.ts'
import { FilterText } from '../../parts/filter.tsx'
import { Held } from '../../parts/letters/held.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { Storm } from '../../parts/storm/index.tsx'
import { Groups } from './groups.tsx'
import { Letters } from './letters.tsx'
import { TEXTS } from './texts.ts'

/** What the address calls each, and what it shows. */
const VIEWS = [
  ['', TEXTS.groups],
  ['letters', TEXTS.letters],
  ['replayed', TEXTS.replayed],
  ['bin', TEXTS.bin],
] as const

const STATES = { letters: 'dead', replayed: 'replayed', bin: 'purged' } as const

export default function DeadLetters() {
  const say = useSay()
  const [given] = useParameter('show')
  const [group] = useParameter('group')
  const shown = VIEWS.find(([view]) => view === given)?.[0] || (group ? 'letters' : '')
  return (
    <>
      <PageHead title={say(TEXTS.title)}>
        <Link className="button" href="/replays">
          {say(TEXTS.replays)}
        </Link>
      </PageHead>
      <div className="filters">
        <FilterText />
        <nav className="choices" aria-label={say(TEXTS.view)}>
          {VIEWS.map(([view, text]) => (
            <Link
              key={view}
              className="choice"
              aria-current={view === shown ? 'true' : undefined}
              href={view ? `/dead-letters?show=${view}` : '/dead-letters'}
            >
              {say(text)}
            </Link>
          ))}
        </nav>
      </div>
      <Held source="orders" />
      <Storm source="events" />
      <Storm source="people" />
      {shown === '' ? <Groups /> : <Letters key={shown} state={STATES[shown]} />}
    </>
  )
}
