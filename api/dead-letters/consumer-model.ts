/** Consumers that a storm of failures pauses. */
import { t } from 'elysia'
import { STORM_DECISIONS } from '../../db/dead-letters/table.ts'
import { oneOf, orNull } from '../http/schemas.ts'

export const resumeBody = t.Object(
  {
    decision: oneOf(STORM_DECISIONS, {
      description:
        'About messages that fail with this reason, for an hour. dead_letter: they die. retry: they are tried again; where they ' +
        'still fail, the consumer pauses again.',
    }),
  },
  { title: 'ResumeConsumer', additionalProperties: false, examples: [{ decision: 'retry' }] },
)

export const consumerAnswer = t.Object(
  {
    state: oneOf(['running', 'paused'], {
      description:
        'paused: more than half of the last messages, of at least 20, failed with one reason that is not expected. Those ' +
        'in hand were put back, and no consumer takes any until somebody decides.',
    }),
    since: t.Union([t.String({ format: 'date-time', description: 'When it paused.' }), t.Null()]),
    reason: t.Union([
      t.String({ description: 'The stable code, of the newest storm, as all that follows.' }),
      t.Null({ description: 'There never was one.' }),
    ]),
    failed: orNull(t.Integer({ description: 'Messages that failed with it.' })),
    of: orNull(t.Integer({ description: 'Messages among which they were.' })),
    sample: t.Array(t.Object({ message_id: t.String(), detail: t.String() }), { description: 'Up to three of them.' }),
    decision: t.Union([oneOf(STORM_DECISIONS), t.Null({ description: 'Nobody has decided yet.' })]),
    decided_at: t.Union([t.String({ format: 'date-time' }), t.Null()]),
    decided_by: orNull(t.String()),
  },
  {
    title: 'Consumer',
    examples: [
      {
        state: 'paused',
        since: '2026-11-20T09:31:10.000Z',
        reason: 'version_unknown',
        failed: 31,
        of: 40,
        sample: [
          {
            message_id: '8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15',
            detail: 'The version "2" is not known; this consumer knows 1.',
          },
        ],
        decision: null,
        decided_at: null,
        decided_by: null,
      },
    ],
  },
)
