import { Type } from '@sinclair/typebox'
import { t, type Static } from 'elysia'
import { READER_STATES } from '../../db/streams/read-streams.ts'
import { oneOf } from '../http/schemas.ts'

export const streamsQuery = t.Object(
  {
    hours: t.Optional(Type.Integer({ minimum: 1, maximum: 24, description: 'Adds the series of so many hours.' })),
  },
  { additionalProperties: false },
)
export type StreamsQuery = Static<typeof streamsQuery>

const orNull = (description: string) => t.Union([t.Number(), t.Null()], { description })

const pace = {
  lag: t.Integer({ description: 'Messages that are not finished.' }),
  waited_s: orNull(
    'How long the oldest of them has been in the stream; 0 when there is none, null when it is not known.',
  ),
  produced_per_s: orNull(
    'Messages a second over the last five minutes, by the observations of the probe; null before the first.',
  ),
  finished_per_s: orNull('The same of messages that the group has finished.'),
  clear_s: orNull('Until all is finished at these rates; null where it never is, or they are not known.'),
}

const partition = t.Object({
  partition: t.Integer(),
  member: t.Union([t.String(), t.Null()], { description: 'Which reads it; null: none does now.' }),
  committed: t.Integer({ description: 'The offset that the group reads next.' }),
  end: t.Integer({ description: 'The offset that the next message gets.' }),
  ...pace,
})

const reader = t.Object(
  {
    group: t.String(),
    topic: t.String(),
    state: oneOf(READER_STATES, {
      description:
        'paused: by a storm of failures, until somebody decides. nobody_reads: no member has a partition. stuck: the oldest message of a partition waits for a minute, and none of it was ' +
        'finished. falling_behind and catching_up: by the rates; behind: these are not known yet. in_time: nothing waits for longer than 15 s.',
    }),
    members: t.Integer({ description: 'That have a partition.' }),
    ...pace,
    trend: t.Union([oneOf(['growing', 'steady', 'falling']), t.Null()], {
      description: 'Of the lag, over the same five minutes.',
    }),
    partitions: t.Array(partition, { description: 'None where the topic is missing: never written, or deleted.' }),
    series: t.Optional(
      t.Array(
        t.Object({
          at: t.String({ format: 'date-time' }),
          lag: t.Number(),
          waited_s: orNull('Of the oldest message then.'),
        }),
        {
          description:
            'The worst of each of up to 120 parts of the time, oldest first, without those that nobody observed; only with `hours`.',
        },
      ),
    ),
  },
  { title: 'StreamGroup' },
)

const topic = t.Object(
  {
    topic: t.String(),
    partitions: t.Integer(),
    messages: t.Integer({ description: 'That are kept.' }),
    groups: t.Array(t.String(), { description: 'That read it.' }),
  },
  { title: 'StreamTopic' },
)

export const streamsAnswer = t.Object(
  {
    read_at: t.String({ format: 'date-time' }),
    topics: t.Array(topic),
    groups: t.Array(reader, { description: 'One for each topic that a group reads, the worst first.' }),
  },
  {
    title: 'Streams',
    examples: [
      {
        read_at: '2026-11-20T09:30:00.000Z',
        topics: [{ topic: 'events', partitions: 1, messages: 1200, groups: ['doca-events'] }],
        groups: [
          {
            group: 'doca-events',
            topic: 'events',
            state: 'catching_up',
            members: 1,
            lag: 200,
            waited_s: 41.5,
            produced_per_s: 2,
            finished_per_s: 12,
            clear_s: 20,
            trend: 'falling',
            partitions: [
              {
                partition: 0,
                member: '01a1fc6d-ba26-771a-b067-b72d1b4570e8',
                committed: 1000,
                end: 1200,
                lag: 200,
                waited_s: 41.5,
                produced_per_s: 2,
                finished_per_s: 12,
                clear_s: 20,
              },
            ],
            series: [{ at: '2026-11-20T09:29:30.000Z', lag: 500, waited_s: 60 }],
          },
        ],
      },
    ],
  },
)
