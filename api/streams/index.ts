import { Elysia } from 'elysia'
import { readStreams } from '../../db/streams/read-streams.ts'
import type { ApiContext } from '../context.ts'
import { responses } from '../http/responses.ts'
import { streamsAnswer, streamsQuery, type StreamsQuery } from './model.ts'

export function streams({ db }: ApiContext) {
  return new Elysia({ name: 'streams' }).get(
    '/streams',
    ({ query: { hours } }: { query: StreamsQuery }) => readStreams(db, hours),
    {
      query: streamsQuery,
      detail: {
        tags: ['events'],
        access: 'viewer',
        summary: 'Topics, the groups that read them, how far behind these are, and when they will not be',
        description:
          'Lag in messages and in time, per partition, as it is now; its trend and the time to clear it by what the probe (every 15 s) ' +
          'has on record. At most 100 topics and 100 groups, ours first.',
        responses: responses({ 200: streamsAnswer }, [422]),
      },
    },
  )
}
