/** Somebody was quicker: the fields in which their item differs from the form, and the choice between the two. */
import type { Item } from '../../data/packaging.ts'
import { useSay } from '../../languages.ts'
import { Button } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { differences, draftOf, type Draft } from './draft.ts'
import { FIELDS, TEXTS } from './texts.ts'

interface Props {
  yours: Draft
  theirs: Item
  isPending: boolean
  takeTheirs: () => void
}

export function Stale({ yours, theirs, isPending, takeTheirs }: Props) {
  const say = useSay()
  const now = draftOf(theirs)
  return (
    <section className="panel flush" role="alert">
      <p className="trouble warn">
        <Icon name="warning" />
        {say(TEXTS.stale)}
      </p>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{say(TEXTS.stale_field)}</th>
            <th scope="col">{say(TEXTS.stale_theirs)}</th>
            <th scope="col">{say(TEXTS.stale_yours)}</th>
          </tr>
        </thead>
        <tbody>
          {differences(now, yours).map((name) => (
            <tr key={name}>
              <th scope="row">{say(FIELDS[name])}</th>
              <td>{now[name] || '—'}</td>
              <td>{yours[name] || '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="more row">
        <Button onPress={takeTheirs}>{say(TEXTS.take_theirs)}</Button>
        <Button type="submit" look="main" isPending={isPending}>
          {say(TEXTS.keep_mine)}
        </Button>
      </div>
    </section>
  )
}
