/** What can be done with the items that are chosen; the count is named, and the deletion can be undone. */
import { useQueryClient } from '@tanstack/react-query'
import { deleteItem, restoreItem, withEach, type Item } from '../../data/packaging.ts'
import { useSay } from '../../languages.ts'
import { Button } from '../../parts/button.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { tell, tellFailure } from '../../parts/toasts.tsx'
import { TEXTS } from './texts.ts'

/** From so many on a slip hurts: a word is typed. */
const MANY = 10
const NAMED = 5

export function Chosen({ items, clear }: { items: Item[]; clear: () => void }) {
  const say = useSay()
  const queries = useQueryClient()
  const refresh = () => queries.invalidateQueries({ queryKey: ['packaging'] })
  if (items.length === 0) return null
  const count = items.length

  async function undo(deleted: Item[]): Promise<void> {
    const { done, refused } = await withEach(deleted, restoreItem)
    await refresh()
    if (done.length > 0) tell(say(TEXTS.restored, { count: done.length }))
    if (refused.length > 0) tellFailure(say(TEXTS.not_restored, { count: refused.length, name: refused[0]!.item.name }))
  }

  async function remove(): Promise<void> {
    const { done, refused } = await withEach(items, deleteItem)
    await refresh()
    clear()
    if (done.length > 0) tell(say(TEXTS.deleted, { count: done.length }), () => undo(done))
    if (refused.length > 0) tellFailure(say(TEXTS.not_deleted, { count: refused.length, name: refused[0]!.item.name }))
  }

  return (
    <div className="chosen" role="region" aria-label={say(TEXTS.chosen, { count })}>
      <strong>{say(TEXTS.chosen, { count })}</strong>
      <Confirm
        action={say(TEXTS.delete)}
        verb={say(TEXTS.delete_count, { count })}
        look="grave"
        title={say(TEXTS.delete_title, { count })}
        {...(count >= MANY && { word: say(TEXTS.delete_word) })}
        run={remove}
      >
        <ul className="chosen-names">
          {items.slice(0, NAMED).map(({ id, name }) => (
            <li key={id}>{name}</li>
          ))}
          {count > NAMED && <li className="muted">{say(TEXTS.more_chosen, { count: count - NAMED })}</li>}
        </ul>
        <p className="muted">{say(TEXTS.delete_undo)}</p>
      </Confirm>
      <Button look="quiet" onPress={clear}>
        {say(TEXTS.choose_none)}
      </Button>
    </div>
  )
}
