/** Into the bin and out of it, for operators. Many are asked for first; each way has its undo. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { removeLetters, restoreLetters, type Selection } from '../../data/dead-letters.ts'
import { useSay } from '../../languages.ts'
import { Button } from '../button.tsx'
import { Confirm } from '../confirm.tsx'
import { tell, tellFailure } from '../toasts.tsx'
import { TEXTS } from './texts.ts'

/** From so many on a slip hurts: a word is typed. */
const MANY = 100

/** What both do, with the toast that takes it back. */
function useBin() {
  const say = useSay()
  const queries = useQueryClient()
  const refresh = () => queries.invalidateQueries({ queryKey: ['dead-letters'] })

  async function restore(selection: Selection, expected?: number): Promise<void> {
    const count = await restoreLetters(selection, expected)
    await refresh()
    tell(say(TEXTS.restored, { count }), 'ids' in selection ? () => remove(selection, count) : null)
  }
  async function remove(selection: Selection, expected: number): Promise<void> {
    const { count, ...removed } = await removeLetters(selection, expected)
    await refresh()
    // Where the bin had others that fit as well, all or none: it says so.
    tell(say(TEXTS.removed, { count }), () => restore(removed, count))
  }
  return { restore, remove }
}

interface RemoveProps {
  selection: Selection
  /** How many the person sees; another number by now is refused. */
  count: number
  done?: () => void
}

export function RemoveLetters({ selection, count, done }: RemoveProps) {
  const say = useSay()
  const { remove } = useBin()
  return (
    <Confirm
      action={say(TEXTS.remove_many, { count })}
      verb={say(TEXTS.remove_count, { count })}
      icon="bin"
      look="grave"
      title={say(TEXTS.remove_title, { count })}
      {...(count >= MANY && { word: say(TEXTS.remove_word) })}
      run={async () => {
        await remove(selection, count)
        done?.()
      }}
    >
      <p className="muted">{say(TEXTS.remove_why)}</p>
    </Confirm>
  )
}

/** One, without a question: the toast takes it back. */
export function RemoveLetter({ id }: { id: string }) {
  const say = useSay()
  const { remove } = useBin()
  const removing = useMutation({
    mutationFn: () => remove({ ids: [id] }, 1),
    onError: (error) => tellFailure(error.message),
  })
  return (
    <Button icon="bin" look="grave" isPending={removing.isPending} onPress={() => removing.mutate()}>
      {say(TEXTS.remove)}
    </Button>
  )
}

export function RestoreLetters({ ids, done }: { ids: string[]; done?: () => void }) {
  const say = useSay()
  const { restore } = useBin()
  const restoring = useMutation({
    mutationFn: () => restore({ ids }),
    onSuccess: () => done?.(),
    onError: (error) => tellFailure(error.message),
  })
  return (
    <Button icon="retry" isPending={restoring.isPending} onPress={() => restoring.mutate()}>
      {ids.length === 1 ? say(TEXTS.restore) : say(TEXTS.restore_many, { count: ids.length })}
    </Button>
  )
}
