import { queryOptions } from '@tanstack/react-query'
import { ask, type Schemas } from '../api/client.ts'

export type Reader = Schemas['StreamGroup']
export type ReaderPartition = Reader['partitions'][number]
export type StreamTopic = Schemas['StreamTopic']

export type LagPoint = NonNullable<Reader['series']>[number]

export const streamsQuery = queryOptions({
  queryKey: ['streams'],
  queryFn: ({ signal }) => ask((api) => api.GET('/streams', { signal })),
})

/** By group and topic (readerKey). It costs the database more, and its key is none that the topic `streams` asks again. */
export const lagSeriesQuery = (hours: number) =>
  queryOptions({
    queryKey: ['lag-series', hours],
    async queryFn({ signal }) {
      const { groups } = await ask((api) => api.GET('/streams', { params: { query: { hours } }, signal }))
      return Object.fromEntries(groups.map((reader) => [readerKey(reader), reader.series ?? []]))
    },
    placeholderData: (before) => before,
  })

export const readerKey = ({ group, topic }: Pick<Reader, 'group' | 'topic'>): string => `${group} ${topic}`
