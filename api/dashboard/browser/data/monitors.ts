import { queryOptions } from '@tanstack/react-query'
import { ask } from '../api/client.ts'

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
