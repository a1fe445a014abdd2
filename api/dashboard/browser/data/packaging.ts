import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { ask, Problem, type Schemas } from '../api/client.ts'
import type { paths } from '../api/schema.d.ts'
import { BY_CURSOR, pageAt } from './by-cursor.ts'

export type Item = Schemas['PackagingItem']
export type ItemChange = Schemas['PackagingChange']

type Query = NonNullable<paths['/embalagens']['get']['parameters']['query']>
export type Sort = NonNullable<Query['sort']>
export type ItemFilter = Omit<Query, 'limit' | 'cursor' | 'sort'>

/** Items on a page: what a person looks through, and a table that stays quick however long the list is. */
export const PAGE = 50

/** `cursor`: '' for the first page. */
export const itemsQuery = (filter: ItemFilter, sort: Sort, cursor: string) =>
  queryOptions({
    queryKey: ['packaging', 'list', filter, sort, cursor],
    queryFn: ({ signal }) =>
      ask((api) =>
        api.GET('/embalagens', {
          params: { query: { ...filter, sort, limit: PAGE, ...(cursor && { cursor }) } },
          signal,
        }),
      ),
    placeholderData: (before) => before,
  })

export const countQuery = (filter: ItemFilter) =>
  queryOptions({
    queryKey: ['packaging', 'count', filter],
    queryFn: ({ signal }) => ask((api) => api.GET('/embalagens/count', { params: { query: filter }, signal })),
    placeholderData: (before) => before,
  })

export const itemQuery = (id: string) =>
  queryOptions({
    queryKey: ['packaging', 'item', id],
    queryFn: () => ask((api) => api.GET('/embalagens/{id}', { params: { path: { id } } })),
  })

export const historyQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['packaging', 'history', id],
    queryFn: ({ pageParam }) =>
      ask((api) =>
        api.GET('/embalagens/{id}/history', {
          params: { path: { id }, query: { ...pageAt(pageParam, 20) } },
        }),
      ),
    ...BY_CURSOR,
  })

/** Throws Problem, of status 412 where somebody has changed it since. */
export const deleteItem = ({ id, version }: Item) =>
  ask((api) => api.DELETE('/embalagens/{id}', { params: { path: { id }, header: { 'If-Match': `"${version}"` } } }))

export const restoreItem = ({ id }: Pick<Item, 'id'>) =>
  ask((api) => api.POST('/embalagens/{id}/restore', { params: { path: { id } } }))

interface Done {
  done: Item[]
  /** And why. */
  refused: Array<{ item: Item; error: unknown }>
}

/** As many requests at once as a person's budget of requests bears. */
const AT_ONCE = 4

/** Does the same to each item; waits where the API asks for a pause. */
export async function withEach(items: readonly Item[], act: (item: Item) => Promise<unknown>): Promise<Done> {
  const result: Done = { done: [], refused: [] }
  const rest = [...items]
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item; item = rest.shift())
      try {
        await act(item)
        result.done.push(item)
      } catch (error) {
        if (error instanceof Problem && error.status === 429) {
          rest.push(item)
          await new Promise((resume) => setTimeout(resume, (error.retry_after_s ?? 5) * 1000))
        } else result.refused.push({ item, error })
      }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return result
}
