import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { ask, type Schemas } from '../api/client.ts'
import { BY_CURSOR, pageAt } from './by-cursor.ts'

export type Chart = Schemas['Chart']

export interface ChartFilter {
  q?: string
  state?: Chart['state']
}

const PAGE = 24

/** One card for each workbook: its newest version. */
export const chartsQuery = (filter: ChartFilter) =>
  infiniteQueryOptions({
    queryKey: ['charts', 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      ask((api) =>
        api.GET('/charts', {
          params: {
            query: { ...filter, current: true, ...pageAt(pageParam, PAGE) },
          },
          signal,
        }),
      ),
    ...BY_CURSOR,
    placeholderData: (before) => before,
  })

export const chartQuery = (id: string) =>
  queryOptions({
    queryKey: ['charts', 'one', id],
    queryFn: async () => (await ask((api) => api.GET('/charts/{id}', { params: { path: { id } } }))) as Chart,
  })

/** The chart of a workbook of this name; null where there is none. */
export const chartNamed = async (name: string): Promise<Chart | null> =>
  (await ask((api) => api.GET('/charts', { params: { query: { name, current: true, limit: 1 } } }))).items[0] ?? null

interface Point {
  label: string
  /** Hours are texts. */
  values: Record<string, number | string | null>
}

/** What is drawn, as the JSON beside the picture says. */
export interface ChartFacts {
  title: string
  sheet: string
  range: string
  label_column: string
  measures: string[]
  method: 'each' | 'sum' | 'mean' | 'count'
  left_out?: string[]
  rows: number
  points: number
  first: Point
  last: Point
}

export const factsQuery = (id: string) =>
  queryOptions({
    queryKey: ['charts', 'facts', id],
    queryFn: async () =>
      (await ask((api) =>
        api.GET('/charts/{id}', { params: { path: { id: `${id}.json` } } }),
      )) as unknown as ChartFacts,
  })

export const isBeingDrawn = ({ state }: Chart) => state === 'waiting' || state === 'drawing'

/** Without the folder of uploads. */
export const fileOf = ({ source_key }: Chart) => source_key.replace(/^uploads\//, '')
