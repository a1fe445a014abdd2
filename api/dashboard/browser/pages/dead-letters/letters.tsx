/** Letters in one state, newest first; filtered by the address, chosen for an action, or taken all at once. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { useParameter } from '../../address.ts'
import { moreOf } from '../../data/by-cursor.ts'
import { groupsQuery, lettersQuery, type LetterFilter, type ListedLetter } from '../../data/dead-letters.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Button } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { RemoveLetters, RestoreLetters } from '../../parts/letters/actions.tsx'
import { StartReplay } from '../../parts/replay-form/index.tsx'
import { Empty, Loaded, NothingFound } from '../../parts/states.tsx'
import { useMay } from '../../session/me.ts'
import { GroupPanel } from './group-panel.tsx'
import { LetterTable } from './letter-table.tsx'
import { TEXTS } from './texts.ts'

type State = 'dead' | 'replayed' | 'purged'

export function Letters({ state }: { state: State }) {
  const { whenTold } = useLive()
  const mayAct = useMay('operator')
  const filter = useFilter()
  const letters = useInfiniteQuery({ ...lettersQuery(filter, state), refetchInterval: whenTold() })
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set())
  const rows = letters.data?.pages.flatMap(({ items }) => items) ?? []
  const more = moreOf(letters)
  const picked = rows.filter(({ id }) => chosen.has(id))
  return (
    <>
      <Chips />
      {filter.group !== undefined && <GroupPanel id={filter.group} state={state} isFiltered={isNarrower(filter)} />}
      {picked.length > 0 ? (
        <Chosen letters={picked} state={state} clear={() => choose(new Set())} />
      ) : (
        mayAct &&
        !letters.isPlaceholderData &&
        rows.length > 1 && <AllOf rows={rows} isWhole={!more} state={state} filter={filter} />
      )}
      <div className="panel flush" aria-busy={letters.isPlaceholderData}>
        <Loaded query={letters} lines={8}>
          {() =>
            rows.length > 0 ? (
              <LetterTable
                rows={rows}
                state={state}
                choosing={
                  mayAct && state !== 'replayed'
                    ? { ids: chosen, set: choose, nameOf: ({ message_id }) => message_id }
                    : undefined
                }
                more={more}
              />
            ) : Object.keys(filter).length > 0 ? (
              <NothingFound />
            ) : (
              <None state={state} />
            )
          }
        </Loaded>
      </div>
    </>
  )
}

function useFilter(): LetterFilter {
  const [q] = useParameter('q')
  const [group] = useParameter('group')
  const [origin] = useParameter('origin')
  const [message_id] = useParameter('message')
  return {
    ...(q.trim() && { q: q.trim() }),
    ...(group && { group }),
    ...(origin && { origin }),
    ...(message_id && { message_id }),
  }
}

/** The page of a group is for all of it; its own actions are above. */
const isNarrower = (filter: LetterFilter): boolean => Object.keys(filter).some((name) => name !== 'group')

/** What the address filters by beside the text; each can be taken out. */
function Chips() {
  const say = useSay()
  const [origin, setOrigin] = useParameter('origin')
  const [message, setMessage] = useParameter('message')
  const chips = [
    [say(TEXTS.of_origin, { origin }), origin, setOrigin],
    [say(TEXTS.of_message, { message }), message, setMessage],
  ] as const
  return (
    <div className="letters-chips">
      {chips.map(
        ([text, value, set]) =>
          value && (
            <button key={text} type="button" className="letters-chip" onClick={() => set('')}>
              <span>{text}</span>
              <Icon name="cross" size={14} />
              <span className="hidden-text">{say(TEXTS.without)}</span>
            </button>
          ),
      )}
    </div>
  )
}

interface AllProps {
  rows: ListedLetter[]
  /** There are no more than these. */
  isWhole: boolean
  state: State
  filter: LetterFilter
}

/** For all that the address shows; a group has its own panel. */
function AllOf({ rows, isWhole, state, filter }: AllProps) {
  const isGroup = filter.group !== undefined && !isNarrower(filter)
  if (state === 'dead' ? isGroup : !isWhole) return null
  const source = rows[0]!.source
  return (
    <div className="letters-all">
      {isWhole ? (
        <ActionsOn letters={rows} state={state} />
      ) : (
        rows.every((one) => one.source === source) && (
          <StartReplay source={source} selection={{ filter }} about={filter.q ?? filter.origin ?? source} isAll />
        )
      )}
    </div>
  )
}

function Chosen({ letters, state, clear }: { letters: ListedLetter[]; state: State; clear: () => void }) {
  const say = useSay()
  const count = letters.length
  return (
    <div className="chosen" role="region" aria-label={say(TEXTS.chosen, { count })}>
      <strong>{say(TEXTS.chosen, { count })}</strong>
      <ActionsOn letters={letters} state={state} done={clear} />
      <Button look="quiet" onPress={clear}>
        {say(TEXTS.choose_none)}
      </Button>
    </div>
  )
}

function ActionsOn({ letters, state, done }: { letters: ListedLetter[]; state: State; done?: () => void }) {
  const ids = letters.map(({ id }) => id)
  const sources = new Set(letters.map(({ source }) => source))
  const after = done ? { done } : {}
  if (state === 'replayed') return null
  if (state === 'purged') return <RestoreLetters ids={ids} {...after} />
  return (
    <>
      {/* A replay is of one source. */}
      {sources.size === 1 && (
        <StartReplay source={letters[0]!.source} selection={{ ids }} about={letters[0]!.reason} count={ids.length} />
      )}
      <RemoveLetters selection={{ ids }} count={ids.length} {...after} />
    </>
  )
}

function None({ state }: { state: State }) {
  const say = useSay()
  const groups = useQuery(groupsQuery())
  if (state === 'purged') return <Empty icon="bin" title={say(TEXTS.bin_empty)} children={say(TEXTS.bin_why)} />
  if (state === 'replayed')
    return (
      <Empty icon="retry" title={say(TEXTS.none_replayed)}>
        {groups.data && groups.data.letters > 0 && <Link href="/dead-letters">{say(TEXTS.none_replayed_why)}</Link>}
      </Empty>
    )
  return <Empty title={say(TEXTS.none)} children={say(TEXTS.none_why)} />
}
