import { queryOptions } from '@tanstack/react-query'
import { ask, type Schemas } from '../api/client.ts'

export type Reader = Schemas['StreamGroup']
export type ReaderPartition = Reader['partitions'][number]
export type StreamTopic = Schemas['StreamTopic']

/** `hours`: of the series. */
export const streamsQuery = (hours: number) =>
  queryOptions({
    queryKey: ['streams', hours],
    queryFn: ({ signal }) => ask((api) => api.GET('/streams', { params: { query: { hours } }, signal })),
    placeholderData: (before) => before,
  })
