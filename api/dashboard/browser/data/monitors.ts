import { queryOptions } from '@tanstack/react-query'
import { ask, type Schemas } from '../api/client.ts'

/** The API's largest page. */
const ALL = 100

export const monitorsQuery = queryOptions({
  queryKey: ['monitors'],
  queryFn: () => ask((api) => api.GET('/monitors', { params: { query: { limit: ALL } } })),
})

export const monitorQuery = (name: string) =>
  queryOptions({
    queryKey: ['monitors', name],
    queryFn: () => ask((api) => api.GET('/monitors/{name}', { params: { path: { name } } })),
  })

export type Monitor = Schemas['Monitor']

const RANK: Record<Monitor['state'], number> = { down: 0, failing: 1, new: 2, up: 3 }

export const worstMonitorsFirst = (monitors: readonly Monitor[]): Monitor[] =>
  monitors.toSorted((a, b) => RANK[a.state] - RANK[b.state] || (a.name < b.name ? -1 : 1))
