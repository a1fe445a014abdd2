import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { ask, type Schemas } from '../api/client.ts'
import type { paths } from '../api/schema.d.ts'

export type Item = Schemas['PackagingItem']
export const MATERIALS = ['paper', 'plastic', 'glass', 'metal', 'wood', 'other'] as const

type Query = NonNullable<paths['/embalagens']['get']['parameters']['query']>
export type ItemFilter = Omit<Query, 'limit' | 'cursor'>

const PAGE = 50

export const itemsQuery = (filter: ItemFilter) =>
  infiniteQueryOptions({
    queryKey: ['packaging', 'list', filter],
    queryFn: ({ pageParam }) =>
      ask((api) =>
        api.GET('/embalagens', {
          params: { query: { ...filter, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    placeholderData: (before) => before,
  })

export const itemQuery = (id: string) =>
  queryOptions({
    queryKey: ['packaging', id],
    queryFn: () => ask((api) => api.GET('/embalagens/{id}', { params: { path: { id } } })),
  })
