/** An item that somebody has deleted, and the way back; or one that never was. */
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { historyQuery, itemQuery, restoreItem } from '../../data/packaging.ts'
import { useSay } from '../../languages.ts'
import { Button } from '../../parts/button.tsx'
import { Empty, Failed, Refusal } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'

export function Gone({ id, error, name }: { id: string; error: unknown; name: string | undefined }) {
  const say = useSay()
  const queries = useQueryClient()
  const history = useInfiniteQuery(historyQuery(id))
  const restoring = useMutation({
    mutationFn: () => restoreItem({ id }),
    async onSuccess(item) {
      queries.setQueryData(itemQuery(id).queryKey, item)
      await queries.invalidateQueries({ queryKey: ['packaging'] })
    },
  })
  const last = history.data?.pages[0]?.items[0]
  if (!last) return <Failed error={error} />
  const { sku, name: was } = (last.details.before ?? {}) as { sku?: string; name?: string }
  return (
    <section className="panel" role="status">
      <Empty icon="cross" title={say(TEXTS.gone, { name: name ?? was ?? sku ?? '' })}>
        <p>
          {say(TEXTS.gone_by, { actor: last.actor_name ?? say(TEXTS.machine) })} <Time at={last.at} />
        </p>
        <div className="gone-action">
          <Button look="main" icon="retry" isPending={restoring.isPending} onPress={() => restoring.mutate()}>
            {say(TEXTS.restore)}
          </Button>
        </div>
        <Refusal error={restoring.error} />
      </Empty>
    </section>
  )
}
