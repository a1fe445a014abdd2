/** The group that the address names: its cause, its figures, what is known of it, and what can be done with all of it. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { numberIn } from '../../../../../lib/texts.ts'
import { groupsQuery, type LetterState } from '../../data/dead-letters.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { RemoveLetters } from '../../parts/letters/actions.tsx'
import { Facts } from '../../parts/panel.tsx'
import { StartReplay } from '../../parts/replay-form/index.tsx'
import { Time } from '../../parts/time.tsx'
import { useMay } from '../../session/me.ts'
import { Kind } from './groups.tsx'
import { EditNote, Note } from './note.tsx'
import { TEXTS } from './texts.ts'

/** `isFiltered`: the list below is only a part of it. */
export function GroupPanel({ id, state, isFiltered }: { id: string; state: LetterState; isFiltered: boolean }) {
  const say = useSay()
  const locale = useLocale()
  const { whenTold } = useLive()
  const mayAct = useMay('operator')
  const groups = useQuery({ ...groupsQuery(state), refetchInterval: whenTold() })
  const group = groups.data?.items.find((one) => one.id === id)
  if (!groups.data) return null
  if (!group)
    return (
      <p className="row letters-gone muted">
        {say(TEXTS.group_gone)} <Link href="/dead-letters">{say(TEXTS.groups)}</Link>
      </p>
    )
  const selection = { filter: { group: id } }
  return (
    <section className="panel letters-group" aria-label={say(TEXTS.cause)}>
      <div className="letters-group-head">
        <div>
          <h2>{group.cause}</h2>
          <Kind of={group} />
        </div>
        {mayAct && (
          <div className="letters-actions">
            <EditNote group={group} />
            {state === 'dead' && !isFiltered && (
              <>
                <RemoveLetters selection={selection} count={group.count} />
                <StartReplay
                  source={group.source}
                  selection={selection}
                  about={group.reason}
                  count={group.count}
                  look="main"
                />
              </>
            )}
          </div>
        )}
      </div>
      <Note of={group} />
      <Facts
        of={[
          [say(TEXTS.count), numberIn(group.count, locale)],
          [say(TEXTS.last_hour), numberIn(group.last_hour, locale)],
          [say(TEXTS.first), <Time at={group.first_at} />],
          [say(TEXTS.last), <Time at={group.last_at} />],
        ]}
      />
    </section>
  )
}
