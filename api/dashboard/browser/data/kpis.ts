import { queryOptions } from '@tanstack/react-query'
import { ask, type Schemas } from '../api/client.ts'

export type Kpi = Schemas['Kpi']

/** With a series of so many points. */
export const kpisQuery = (hours: number, points: number) =>
  queryOptions({
    queryKey: ['kpis', hours, points],
    queryFn: () => ask((api) => api.GET('/kpis', { params: { query: { hours, points } } })),
    placeholderData: (before) => before,
  })
