import { Link } from 'wouter'
import { numberIn } from '../../../../../lib/texts.ts'
import type { ListedLetter } from '../../data/dead-letters.ts'
import { useLocale, useSay } from '../../languages.ts'
import { Badge } from '../../parts/badge.tsx'
import { Table, type Choosing, type Column } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'

interface Props {
  rows: ListedLetter[]
  state: ListedLetter['state']
  choosing: Choosing<ListedLetter> | undefined
  more: (() => void) | undefined
}

export function LetterTable({ rows, state, choosing, more }: Props) {
  const say = useSay()
  const locale = useLocale()
  const columns: Array<Column<ListedLetter>> = [
    {
      title: say(TEXTS.message),
      cell: (letter) => (
        <>
          <Link className="name" href={`/dead-letters/${letter.id}`}>
            <code className="id">{letter.message_id || '—'}</code>
          </Link>
          <Marks of={letter} />
        </>
      ),
    },
    {
      title: say(TEXTS.origin),
      can_wait: true,
      cell: ({ origin }) =>
        origin === null ? <span className="muted">—</span> : <Link href={withOrigin(origin)}>{origin}</Link>,
    },
    {
      title: say(TEXTS.why),
      look: 'wide',
      cell: ({ detail, reason, group }) => (
        <>
          <span className="clamp small">{detail}</span>
          <Link className="small" href={`/dead-letters?group=${group}`}>
            <code>{reason}</code>
          </Link>
        </>
      ),
    },
    {
      title: say(TEXTS.attempts),
      look: 'number',
      can_wait: true,
      cell: ({ attempts }) => numberIn(attempts, locale),
    },
    { title: say(TEXTS.died), cell: ({ died_at }) => <Time at={died_at} /> },
  ]
  if (state === 'replayed')
    columns.push({ title: say(TEXTS.left), cell: ({ left_at }) => left_at !== null && <Time at={left_at} /> })
  if (state === 'purged')
    columns.push({ title: say(TEXTS.until), cell: ({ bin_until }) => bin_until !== null && <Time at={bin_until} /> })
  return (
    <Table label={say(TEXTS.title)} rows={rows} id={({ id }) => id} choosing={choosing} more={more} columns={columns} />
  )
}

/** The rest of the address stays. */
function withOrigin(origin: string): string {
  const next = new URLSearchParams(location.search)
  next.set('origin', origin)
  return `/dead-letters?${next}`
}

function Marks({ of: { replay, edited_from } }: { of: ListedLetter }) {
  const say = useSay()
  if (replay === 0 && edited_from === null) return null
  return (
    <span className="row">
      {replay > 0 && (
        <Badge tone="warn" icon="retry">
          {`${say(TEXTS.died_again)}${replay > 1 ? ` ×${replay}` : ''}`}
        </Badge>
      )}
      {edited_from !== null && (
        <Badge tone="info" icon="edit">
          {say(TEXTS.edited)}
        </Badge>
      )}
    </span>
  )
}
