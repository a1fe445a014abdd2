/** The queries of jobs, under keys by which one answer serves every page. */
import { queryOptions } from '@tanstack/react-query'
import { ask } from '../api/client.ts'
import type { RunState } from '../parts/state-badges/index.tsx'

/** The API's largest page: a company has fewer jobs. */
const ALL = 100

export const jobsQuery = queryOptions({
  queryKey: ['jobs'],
  queryFn: () => ask((api) => api.GET('/jobs', { params: { query: { limit: ALL } } })),
})

export const jobQuery = (name: string) =>
  queryOptions({
    queryKey: ['jobs', name],
    queryFn: () => ask((api) => api.GET('/jobs/{name}', { params: { path: { name } } })),
  })

export const runsQuery = (name: string, state?: RunState, limit = 25) =>
  queryOptions({
    queryKey: ['jobs', name, 'runs', state ?? 'all', limit],
    queryFn: () =>
      ask((api) =>
        api.GET('/jobs/{name}/runs', { params: { path: { name }, query: { limit, ...(state && { state }) } } }),
      ),
  })

export const slotsQuery = (name: string) =>
  queryOptions({
    queryKey: ['jobs', name, 'slots'],
    queryFn: () => ask((api) => api.GET('/jobs/{name}/slots', { params: { path: { name }, query: { limit: ALL } } })),
  })

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ['runs', id],
    queryFn: () => ask((api) => api.GET('/runs/{id}', { params: { path: { id } } })),
  })
