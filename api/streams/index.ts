import { Elysia } from 'elysia'
import { GROUPS } from '../../db/streams/groups.ts'
import { readStreams, type Reader } from '../../db/streams/read-streams.ts'
import type { ApiContext } from '../context.ts'
import { responses } from '../http/responses.ts'
import { streamsAnswer, streamsQuery, type StreamsQuery } from './model.ts'

export function streams({ config, db }: ApiContext) {
  // Where nothing of what is switched off was ever written, that is no news.
  const isOff = ({ group }: Reader) =>
    GROUPS.some((one) => one.group === group && !(config.features as string[]).includes(one.input))

  return new Elysia({ name: 'streams' }).get(
    '/streams',
    async ({ query: { hours } }: { query: StreamsQuery }) => {
      const state = await readStreams(db, hours)
      return { ...state, groups: state.groups.filter((one) => one.state !== 'topic_missing' || !isOff(one)) }
    },
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
