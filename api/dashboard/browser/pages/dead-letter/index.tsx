/** One dead letter: why it died, its bytes and headers, where else its message is, and what can be done with it. */
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'wouter'
import { letterQuery, type Letter } from '../../data/dead-letters.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Bytes } from '../../parts/bytes.tsx'
import { CopyButton } from '../../parts/copy.tsx'
import { RemoveLetter, RestoreLetters } from '../../parts/letters/actions.tsx'
import { LetterBadge } from '../../parts/letters/letter-badge.tsx'
import { Facts, PageHead, Panel } from '../../parts/panel.tsx'
import { StartReplay } from '../../parts/replay-form/index.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { useMay } from '../../session/me.ts'
import { numberIn } from '../../../../../lib/texts.ts'
import { Body } from './body.tsx'
import { Changes } from './changes.tsx'
import { Edit } from './edit.tsx'
import { Others } from './others.tsx'
import { Replays } from './replays.tsx'
import { TEXTS } from './texts.ts'

export default function LetterPage() {
  const { id = '' } = useParams<{ id: string }>()
  const { whenTold } = useLive()
  const letter = useQuery({ ...letterQuery(id), refetchInterval: whenTold() })
  return <Loaded query={letter}>{(known) => <LetterView letter={known} />}</Loaded>
}

function LetterView({ letter }: { letter: Letter }) {
  const say = useSay()
  return (
    <>
      <PageHead title={say(TEXTS.title)} badge={<LetterBadge state={letter.state} />}>
        <Actions letter={letter} />
      </PageHead>
      <div className="stack">
        <div className="letter-columns">
          <div className="stack">
            <Why letter={letter} />
            {letter.changes.length > 0 && (
              <Panel title={say(TEXTS.changes)} aside={<Original of={letter} />}>
                <Changes of={letter.changes} />
              </Panel>
            )}
            <Body letter={letter} />
          </div>
          <div className="stack">
            <LetterFacts letter={letter} />
            <Headers letter={letter} />
          </div>
        </div>
        <Replays letter={letter} />
        <Others letter={letter} />
      </div>
    </>
  )
}

function Actions({ letter }: { letter: Letter }) {
  const say = useSay()
  const mayAct = useMay('operator')
  const { id, state, source, reason, message_id, readable } = letter
  return (
    <>
      {readable && source === 'orders' && (
        <Link className="button" href={`/orders/messages/${message_id}`}>
          {say(TEXTS.journey)}
        </Link>
      )}
      {mayAct && state === 'dead' && (
        <>
          <Edit letter={letter} />
          <RemoveLetter id={id} />
          <StartReplay source={source} selection={{ ids: [id] }} about={reason} look="main" />
        </>
      )}
      {mayAct && state === 'purged' && <RestoreLetters ids={[id]} />}
    </>
  )
}

function Why({ letter: { detail, reason, group } }: { letter: Letter }) {
  const say = useSay()
  return (
    <Panel title={say(TEXTS.why)} aside={<Link href={`/dead-letters?group=${group}`}>{say(TEXTS.of_group)}</Link>}>
      <p className="letter-detail">{detail}</p>
      <p className="small muted">
        <code>{reason}</code>
      </p>
    </Panel>
  )
}

function LetterFacts({ letter }: { letter: Letter }) {
  const say = useSay()
  const locale = useLocale()
  const { message_id, readable, source, origin, step, attempts, died_at, replay, left_at, bin_until } = letter
  const maybe = (word: string, at: string | null) => (at === null ? [] : [[word, <Time at={at} />] as const])
  return (
    <Panel title={say(TEXTS.facts)} aside={<CopyButton label={say(TEXTS.copy_id)} text={() => message_id} />}>
      <Facts
        of={[
          [
            say(TEXTS.message),
            <>
              <code className="letter-id">{message_id || '—'}</code>
              {!readable && <span className="small muted letter-unreadable">{say(TEXTS.unreadable)}</span>}
            </>,
          ],
          [say(TEXTS.origin), origin ?? '—'],
          [say(TEXTS.source), source],
          [say(TEXTS.step), step],
          [say(TEXTS.attempts), numberIn(attempts, locale)],
          [say(TEXTS.died), <Time at={died_at} />],
          ...(replay > 0 ? [[say(TEXTS.replays), numberIn(replay, locale)] as const] : []),
          ...maybe(say(TEXTS.left), left_at),
          ...maybe(say(TEXTS.bin_until), bin_until),
          [say(TEXTS.size), <Bytes of={letter.size_bytes} />],
        ]}
      />
    </Panel>
  )
}

function Original({ of: { edited_from } }: { of: Letter }) {
  const say = useSay()
  return edited_from !== null && <Link href={`/dead-letters/${edited_from}`}>{say(TEXTS.original)}</Link>
}

function Headers({ letter: { headers } }: { letter: Letter }) {
  const say = useSay()
  const rows = Object.entries(headers)
  return (
    <Panel title={say(TEXTS.headers)} flush>
      {rows.length === 0 ? (
        <p className="panel-note muted">{say(TEXTS.no_headers)}</p>
      ) : (
        <Table
          label={say(TEXTS.headers)}
          rows={rows}
          id={([name]) => name}
          columns={[
            { title: say(TEXTS.header), cell: ([name]) => <code>{name}</code> },
            {
              title: say(TEXTS.value),
              look: 'wide',
              cell: ([, value]) => <code className="letter-value">{value}</code>,
            },
          ]}
        />
      )}
    </Panel>
  )
}
