/** One packaging item, or a new one: a form that never writes over what somebody else has changed meanwhile. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation, useParams } from 'wouter'
import { ask, Problem } from '../../api/client.ts'
import { itemQuery, type Item } from '../../data/packaging.ts'
import { useSay } from '../../languages.ts'
import { Button } from '../../parts/button.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { Loaded, Refusal } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { tell } from '../../parts/toasts.tsx'
import { useMay } from '../../session/me.ts'
import { draftOf, itemOf, type Draft, type FieldName } from './draft.ts'
import { ItemFields } from './item-fields.tsx'
import { Stale } from './stale.tsx'
import { TEXTS } from './texts.ts'

export default function ItemPage() {
  const { id = '' } = useParams<{ id: string }>()
  if (id === 'new') return <ItemForm item={null} />
  return <KnownItem id={id} />
}

/** Asked for once: what is typed must not change under one's hands. */
function KnownItem({ id }: { id: string }) {
  const item = useQuery({ ...itemQuery(id), staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false })
  return <Loaded query={item}>{(known) => <ItemForm key={known.version} item={known} />}</Loaded>
}

function ItemForm({ item }: { item: Item | null }) {
  const say = useSay()
  const queries = useQueryClient()
  const [, go] = useLocation()
  const mayWrite = useMay('operator')
  const [draft, setDraft] = useState(() => draftOf(item))
  /** The item as it is now, where somebody else was quicker. */
  const [theirs, setTheirs] = useState<Item | null>(null)

  async function save(version: number | undefined): Promise<void> {
    const body = itemOf(draft)
    if (item)
      await ask((api) =>
        api.PUT('/embalagens/{id}', {
          params: { path: { id: item.id }, header: { 'If-Match': `"${version}"` } },
          body,
        }),
      )
    else await ask((api) => api.POST('/embalagens', { body }))
    await queries.invalidateQueries({ queryKey: ['packaging', 'list'] })
    tell(say(TEXTS.saved, { name: body.name }))
    go('/embalagens')
  }

  const saving = useMutation({
    mutationFn: save,
    async onError(error) {
      if (item && error instanceof Problem && error.status === 412)
        setTheirs(await ask((api) => api.GET('/embalagens/{id}', { params: { path: { id: item.id } } })))
    },
  })
  const isStale = theirs !== null
  const problems = problemsOf(saving.error)

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        saving.mutate(theirs?.version ?? item?.version)
      }}
    >
      <PageHead title={item ? item.name : say(TEXTS.new)}>
        {item && mayWrite && <Delete item={item} />}
        {mayWrite && !isStale && (
          <Button type="submit" look="main" icon="check" isPending={saving.isPending}>
            {say(TEXTS.save)}
          </Button>
        )}
      </PageHead>
      <div className="stack">
        {isStale ? (
          <Stale
            yours={draft}
            theirs={theirs}
            isPending={saving.isPending}
            takeTheirs={() => {
              setDraft(draftOf(theirs))
              queries.setQueryData(itemQuery(theirs.id).queryKey, theirs)
            }}
          />
        ) : (
          <Refusal error={saving.error} />
        )}
        <ItemFields
          draft={draft}
          problems={problems}
          isReadOnly={!mayWrite}
          onChange={(name: FieldName, text: string) => setDraft((now: Draft) => ({ ...now, [name]: text }))}
        />
        {item && (
          <p className="muted small">
            {say(TEXTS.changed)}: <Time at={item.updated_at} />
          </p>
        )}
      </div>
    </form>
  )
}

/** By field; a JSON pointer begins with its name. */
function problemsOf(error: unknown): Partial<Record<string, string>> {
  if (!(error instanceof Problem)) return {}
  return Object.fromEntries(error.errors.map(({ path, message }) => [path.split('/')[1] ?? '', message]))
}

function Delete({ item: { id, name, version } }: { item: Item }) {
  const say = useSay()
  const queries = useQueryClient()
  const [, go] = useLocation()
  return (
    <Confirm
      action={say(TEXTS.delete)}
      look="grave"
      title={say(TEXTS.delete_title, { name })}
      run={async () => {
        await ask((api) =>
          api.DELETE('/embalagens/{id}', { params: { path: { id }, header: { 'If-Match': `"${version}"` } } }),
        )
        await queries.invalidateQueries({ queryKey: ['packaging', 'list'] })
        tell(say(TEXTS.deleted, { name }))
        go('/embalagens')
      }}
    >
      <p>{say(TEXTS.delete_why)}</p>
    </Confirm>
  )
}
