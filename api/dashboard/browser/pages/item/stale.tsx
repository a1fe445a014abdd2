/** Somebody was quicker: each field in which their item and what is typed differ, to be chosen one by one; then that is saved. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { historyQuery, type Item } from '../../data/packaging.ts'
import { useLocale, useSay } from '../../languages.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { FIELDS, type FieldName } from '../../parts/item-fields/index.ts'
import { TEXTS as VALUES } from '../../parts/item-fields/texts.ts'
import { MATERIAL_NAMES } from '../../parts/materials/texts.ts'
import { Time } from '../../parts/time.tsx'
import { draftOf, mergeOf, type Draft, type Side } from './draft.ts'
import { TEXTS } from './texts.ts'

interface Props {
  base: Draft
  mine: Draft
  theirs: Item
  isPending: boolean
  save: (merged: Draft) => void
  takeTheirs: () => void
}

export function Stale({ base, mine, theirs, isPending, save, takeTheirs }: Props) {
  const say = useSay()
  const there = draftOf(theirs, useLocale())
  const rows = mergeOf(base, mine, there)
  const [chosen, choose] = useState<Partial<Record<FieldName, Side>>>({})
  const sideOf = (name: FieldName, taken: Side | undefined) => chosen[name] ?? taken
  const open = rows.filter(({ name, taken }) => sideOf(name, taken) === undefined).length
  const shown = useDraftText()

  function merged(): Draft {
    const result = { ...there }
    for (const { name, taken } of rows) if (sideOf(name, taken) === 'mine') result[name] = mine[name]
    return result
  }

  return (
    <section className="panel flush" aria-label={say(TEXTS.stale_title)}>
      <p className="trouble warn" role="alert">
        <Icon name="warning" />
        <span>
          {say(TEXTS.stale)} <ChangedBy id={theirs.id} />
        </span>
      </p>
      <div className="table-box">
        <table className="table stale">
          <thead>
            <tr>
              <th scope="col">{say(TEXTS.stale_field)}</th>
              <th scope="col" className="can-wait">
                {say(TEXTS.stale_base)}
              </th>
              <th scope="col">{say(TEXTS.stale_theirs)}</th>
              <th scope="col">{say(TEXTS.stale_yours)}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, taken }) => (
              <tr key={name}>
                <th scope="row">
                  {say(FIELDS[name])}{' '}
                  {taken === undefined && (
                    <Badge tone="warn" icon="warning">
                      {say(TEXTS.stale_both)}
                    </Badge>
                  )}
                </th>
                <td className="can-wait muted">{shown(name, base[name])}</td>
                {(['theirs', 'mine'] as const).map((side) => (
                  <td key={side}>
                    <label className="stale-choice">
                      <input
                        type="radio"
                        name={`stale-${name}`}
                        checked={sideOf(name, taken) === side}
                        onChange={() => choose((now) => ({ ...now, [name]: side }))}
                      />
                      <span>{shown(name, side === 'mine' ? mine[name] : there[name])}</span>
                    </label>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="more row">
        <Button onPress={takeTheirs}>{say(TEXTS.take_theirs)}</Button>
        <Button look="main" isPending={isPending} isDisabled={open > 0} onPress={() => save(merged())}>
          {say(open > 0 ? TEXTS.choose_first : TEXTS.save_chosen, { count: open })}
        </Button>
      </div>
    </section>
  )
}

/** A draft's text as people read it. */
function useDraftText() {
  const say = useSay()
  return (name: FieldName, text: string): string => {
    if (name === 'recyclable') return say(text === 'true' ? VALUES.yes : VALUES.no)
    if (name === 'material') return say(MATERIAL_NAMES[text as Item['material']])
    return text || '—'
  }
}

function ChangedBy({ id }: { id: string }) {
  const last = useInfiniteQuery(historyQuery(id)).data?.pages[0]?.items[0]
  if (!last?.actor_name) return null
  return (
    <strong>
      {last.actor_name}, <Time at={last.at} />
    </strong>
  )
}
