/** The replays that the letter was in, newest first, with what became of it there. */
import { Link } from 'wouter'
import type { Letter } from '../../data/dead-letters.ts'
import { useSay } from '../../languages.ts'
import { OutcomeBadge } from '../../parts/letters/replay-badges.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'

export function Replays({ letter: { replays } }: { letter: Letter }) {
  const say = useSay()
  if (replays.length === 0) return null
  return (
    <Panel title={say(TEXTS.its_replays)} flush>
      <Table
        label={say(TEXTS.its_replays)}
        rows={replays}
        id={({ replay_id }) => replay_id}
        columns={[
          {
            title: say(TEXTS.replay),
            cell: ({ replay_id, name }) => (
              <Link className="name" href={`/replays/${replay_id}`}>
                {name}
              </Link>
            ),
          },
          { title: say(TEXTS.outcome), cell: ({ state }) => <OutcomeBadge state={state} /> },
          { title: say(TEXTS.sent), can_wait: true, cell: ({ sent_at }) => sent_at !== null && <Time at={sent_at} /> },
          {
            title: say(TEXTS.ended),
            can_wait: true,
            cell: ({ ended_at }) => ended_at !== null && <Time at={ended_at} />,
          },
          {
            title: say(TEXTS.died_as),
            cell: ({ died_as }) => died_as !== null && <Link href={`/dead-letters/${died_as}`}>{say(TEXTS.look)}</Link>,
          },
        ]}
      />
    </Panel>
  )
}
