import { infiniteQueryOptions } from '@tanstack/react-query'
import { ask, type Schemas } from '../api/client.ts'
import { BY_CURSOR, pageAt } from './by-cursor.ts'

export type Person = Schemas['Person']

export interface PeopleFilter {
  q?: string
  country?: string
}

const PAGE = 50
/** What the API takes. */
export const LONGEST_Q = 200

/** By name. */
export const peopleQuery = (filter: PeopleFilter) =>
  infiniteQueryOptions({
    queryKey: ['people', filter],
    queryFn: ({ pageParam, signal }) =>
      ask((api) => api.GET('/people', { params: { query: { ...filter, ...pageAt(pageParam, PAGE) } }, signal })),
    ...BY_CURSOR,
    placeholderData: (before) => before,
  })
