/** Where else the message is among the letters: its original, edited copies, and where it died again. */
import { Link } from 'wouter'
import type { Letter } from '../../data/dead-letters.ts'
import { useSay } from '../../languages.ts'
import { LetterBadge } from '../../parts/letters/letter-badge.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { Changes } from './changes.tsx'
import { TEXTS } from './texts.ts'

type Other = Letter['others'][number]

export function Others({ letter: { others } }: { letter: Letter }) {
  const say = useSay()
  if (others.length === 0) return null
  return (
    <Panel title={say(TEXTS.others)} flush>
      <Table
        label={say(TEXTS.others)}
        rows={others}
        id={({ id }) => id}
        columns={[
          {
            title: say(TEXTS.letter),
            cell: ({ id, replay, edited_from }) => (
              <Link className="name" href={`/dead-letters/${id}`}>
                {replay === 0 ? say(TEXTS.other_first) : say(TEXTS.other_replay, { count: replay })}
                {edited_from !== null && ` · ${say(TEXTS.other_edited)}`}
              </Link>
            ),
          },
          ...(others.some(({ changes }) => changes.length > 0)
            ? [{ title: say(TEXTS.changes), cell: ({ changes }: Other) => <Changes of={changes} /> }]
            : []),
          { title: say(TEXTS.state), cell: ({ state }) => <LetterBadge state={state} /> },
          { title: say(TEXTS.died), can_wait: true, cell: ({ died_at }) => <Time at={died_at} /> },
        ]}
      />
    </Panel>
  )
}
