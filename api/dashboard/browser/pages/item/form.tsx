/**
 * The form of an item. It holds what it began with (`base`) beside what is typed: where somebody else has changed the item meanwhile, it
 * takes over their change while nothing is typed, and otherwise shows both and saves what is chosen. It never writes over a
 * version that it has not shown.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { ask, Problem } from '../../api/client.ts'
import { eventHistoryPath } from '../../data/events.ts'
import { deleteItem, itemQuery, restoreItem, type Item } from '../../data/packaging.ts'
import { useLocale, useSay } from '../../languages.ts'
import { Button } from '../../parts/button.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import type { FieldName } from '../../parts/item-fields/index.ts'
import { PageHead } from '../../parts/panel.tsx'
import { Refusal } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { tell } from '../../parts/toasts.tsx'
import { useMay, useServes } from '../../session/me.ts'
import { differences, draftOf, itemOf, type Draft } from './draft.ts'
import { ItemFields } from './item-fields.tsx'
import { Stale } from './stale.tsx'
import { TEXTS } from './texts.ts'

/** `item`: as it is now; null for a new one. `isGone`: somebody has deleted it. */
export function ItemForm({ item, isGone = false }: { item: Item | null; isGone?: boolean }) {
  const say = useSay()
  const locale = useLocale()
  const hasEvents = useServes('events')
  const queries = useQueryClient()
  const [, go] = useLocation()
  const mayWrite = useMay('operator')
  const [base, setBase] = useState(item)
  const [draft, setDraft] = useState(() => draftOf(item, locale))
  const form = useRef<HTMLFormElement>(null)
  /** Changed since they were refused; a browser sends no form with a field that is marked as wrong. */
  const [mended, setMended] = useState<readonly FieldName[]>([])
  const isDirty = differences(draftOf(base, locale), draft).length > 0
  const isBehind = item !== null && item.version !== base?.version

  function begin(with_item: Item): void {
    setBase(with_item)
    setDraft(draftOf(with_item, locale))
  }
  // While nothing is typed the form shows what is there.
  if (isBehind && (!isDirty || differences(draft, draftOf(item, locale)).length === 0)) begin(item)

  const saving = useMutation({
    async mutationFn(what: Draft) {
      const body = itemOf(what)
      if (!item) return ask((api) => api.POST('/embalagens', { body }))
      const params = { path: { id: item.id }, header: { 'If-Match': `"${item.version}"` } }
      return ask((api) => api.PUT('/embalagens/{id}', { params, body }))
    },
    async onSuccess(saved) {
      queries.setQueryData(itemQuery(saved.id).queryKey, saved)
      begin(saved)
      void queries.invalidateQueries({ queryKey: ['packaging'] })
      tell(say(TEXTS.saved, { name: saved.name }))
      if (!item) go(`/embalagens/${saved.id}`, { replace: true })
    },
    onMutate: () => setMended([]),
    async onError(error) {
      // What is there now comes with the query, and is shown beside what is typed.
      if (item && error instanceof Problem && [404, 412].includes(error.status))
        await queries.refetchQueries({ queryKey: itemQuery(item.id).queryKey })
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
    },
  })
  const isStale = isBehind && isDirty
  const wasStale = saving.error instanceof Problem && saving.error.status === 412
  useAskBeforeLeaving(isDirty && !saving.isSuccess)

  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isStale) saving.mutate(draft)
      }}
    >
      <PageHead title={base ? base.name : say(TEXTS.new)}>
        {item && mayWrite && !isGone && <Delete item={item} />}
        {mayWrite && !isStale && !isGone && (
          <Button type="submit" look="main" icon="check" isPending={saving.isPending}>
            {say(TEXTS.save)}
          </Button>
        )}
      </PageHead>
      <div className="stack">
        {isStale && (
          <Stale
            key={item.version}
            base={draftOf(base, locale)}
            mine={draft}
            theirs={item}
            isPending={saving.isPending}
            save={(merged) => saving.mutate(merged)}
            takeTheirs={() => begin(item)}
          />
        )}
        {!wasStale && !isGone && <Refusal error={saving.error} />}
        <ItemFields
          draft={draft}
          problems={problemsOf(saving.error, mended)}
          isReadOnly={!mayWrite}
          onChange={(name: FieldName, text: string) => {
            setDraft((now: Draft) => ({ ...now, [name]: text }))
            setMended((now) => [...now, name])
          }}
        />
        {base && (
          <p className="muted small">
            {say(TEXTS.changed)}: <Time at={base.updated_at} />
            {hasEvents && (
              <>
                {' '}
                · <Link href={eventHistoryPath(base.sku)}>{say(TEXTS.events)}</Link>
              </>
            )}
          </p>
        )}
      </div>
    </form>
  )
}

/** The browser asks, when a tab is closed or loaded again over what is typed. */
function useAskBeforeLeaving(isDirty: boolean): void {
  useEffect(() => {
    if (!isDirty) return
    const stay = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', stay)
    return () => removeEventListener('beforeunload', stay)
  }, [isDirty])
}

/** By field; a JSON pointer begins with its name. */
function problemsOf(error: unknown, mended: readonly string[]): Partial<Record<string, string>> {
  if (!(error instanceof Problem)) return {}
  const problems = error.errors.map(({ path, message }) => [path.split('/')[1] ?? '', message] as const)
  return Object.fromEntries(problems.filter(([name]) => !mended.includes(name)))
}

function Delete({ item }: { item: Item }) {
  const say = useSay()
  const queries = useQueryClient()
  const [, go] = useLocation()
  const { name } = item
  const refresh = () => queries.invalidateQueries({ queryKey: ['packaging'] })

  async function undo(): Promise<void> {
    const restored = await restoreItem(item)
    queries.setQueryData(itemQuery(item.id).queryKey, restored)
    await refresh()
    tell(say(TEXTS.restored, { name }))
  }

  return (
    <Confirm
      action={say(TEXTS.delete)}
      look="grave"
      title={say(TEXTS.delete_title, { name })}
      run={async () => {
        await deleteItem(item)
        go('/embalagens')
        queries.removeQueries({ queryKey: itemQuery(item.id).queryKey })
        await refresh()
        tell(say(TEXTS.deleted, { name }), undo)
      }}
    >
      <p>{say(TEXTS.delete_why)}</p>
    </Confirm>
  )
}
