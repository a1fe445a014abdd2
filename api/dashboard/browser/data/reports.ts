import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { ask, type Schemas } from '../api/client.ts'
import { BY_CURSOR, pageAt } from './by-cursor.ts'

export type Report = Schemas['Report']

/** Makes them. */
export const REPORT_JOB = 'process_data'

const PAGE = 50

export const reportsQuery = (times: { from: string; to: string } | undefined) =>
  infiniteQueryOptions({
    queryKey: ['reports', 'list', times],
    queryFn: ({ pageParam, signal }) =>
      ask((api) =>
        api.GET('/api/relatorios', {
          params: { query: { ...times, ...pageAt(pageParam, PAGE) } },
          signal,
        }),
      ),
    ...BY_CURSOR,
    placeholderData: (before) => before,
  })

export const reportQuery = (id: string) =>
  queryOptions({
    queryKey: ['reports', 'one', id],
    queryFn: async () => (await ask((api) => api.GET('/api/relatorios/{id}', { params: { path: { id } } }))) as Report,
  })
