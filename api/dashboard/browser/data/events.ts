import { infiniteQueryOptions } from '@tanstack/react-query'
import { ask, type Schemas } from '../api/client.ts'
import { BY_CURSOR, pageAt } from './by-cursor.ts'

export type HistoryEvent = Schemas['HistoryEvent']

const PAGE = 50

/** The processed events of a sku, newest first; `day`: of UTC, '' for all. */
export const eventHistoryQuery = (sku: string, day: string) =>
  infiniteQueryOptions({
    queryKey: ['events', 'history', sku, day],
    queryFn: ({ pageParam, signal }) =>
      ask((api) =>
        api.GET('/events/history', {
          params: { query: { sku, ...(day && { day }), ...pageAt(pageParam, PAGE) } },
          signal,
        }),
      ),
    ...BY_CURSOR,
    placeholderData: (before) => before,
    enabled: sku !== '',
  })

/** Its page. */
export const eventHistoryPath = (sku: string): string => `/events/history?sku=${encodeURIComponent(sku)}`
