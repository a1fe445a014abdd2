import { Type } from '@sinclair/typebox'
import { t, type Static } from 'elysia'
import { DEFAULT_CANARY, DEFAULT_RATE_PER_S, MAX_NAME, READABLE_NAME } from '../../db/dead-letters/replays/start.ts'
import { SOURCE_NAMES } from '../../db/dead-letters/sources.ts'
import { PAUSE_REASONS, REPLAY_STATES, REPLAYED_STATES } from '../../db/dead-letters/replays/table.ts'
import { MEANING } from '../../lib/validation-texts.ts'
import { pageAnswer, pageQuery } from '../http/pagination.ts'
import { idParams, NO_CONTROLS, oneOf, orNull, time } from '../http/schemas.ts'

const closed = { additionalProperties: false }
const uuid = (description: string) => t.String({ format: 'uuid', description })
const ID = '01a1fc6d-ba26-771a-b067-b72d1b4570e8'

export const MAX_IDS = 1000

const READABLE = {
  pattern: READABLE_NAME.source,
  [MEANING]: {
    en: 'a text without control characters, and not of spaces alone',
    pt: 'um texto sem caracteres de controle, e não só de espaços',
  },
}

const source = oneOf(SOURCE_NAMES, { description: 'Where they came from.' })
const filter = t.Object(
  {
    group: t.Optional({ ...idParams.properties.id, description: 'Of this group.' }),
    origin: t.Optional(t.String({ maxLength: 100, ...NO_CONTROLS, description: 'From this system or topic.' })),
    message_id: t.Optional(t.String({ maxLength: 400, ...NO_CONTROLS, description: 'Of this message.' })),
    q: t.Optional(t.String({ minLength: 1, maxLength: 200, ...NO_CONTROLS, description: 'As in GET /dead-letters.' })),
  },
  { ...closed, description: 'Dead letters that fit all of it; {} is all of the source.' },
)
const ids = t.Array(idParams.properties.id, { minItems: 1, maxItems: MAX_IDS, description: 'These dead letters.' })
const pace = {
  rate_per_s: t.Optional(
    t.Number({
      minimum: 0.01,
      maximum: 10_000,
      description: `Letters a second; ${DEFAULT_RATE_PER_S} when absent.`,
    }),
  ),
  canary: t.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1000,
      description: 'Letters that go alone first; the rest goes only when all of them succeeded. 0: none.',
    }),
  ),
}

export const replayBody = t.Object(
  {
    name: t.String({ minLength: 1, maxLength: MAX_NAME, ...READABLE, description: 'Tells it from others.' }),
    source,
    filter: t.Optional(filter),
    ids: t.Optional(ids),
    ...pace,
    dry_run: t.Optional(t.Boolean({ description: 'true: says what it would do, and does nothing.' })),
  },
  {
    title: 'StartReplay',
    ...closed,
    description: `Give filter or ids. The canary is ${DEFAULT_CANARY} letters when absent.`,
    examples: [
      {
        name: 'after the fix of the output',
        source: 'orders',
        filter: { group: '5d41402a-bc4b-2a76-b971-9d911017c592' },
        rate_per_s: 50,
        canary: 5,
      },
    ],
  },
)
export type ReplayBody = Static<typeof replayBody>

/** `POST /orders/dead/replay`: all of one source. */
export const replayDeadBody = t.Optional(
  t.Object(
    { ids: t.Optional({ ...ids, description: 'These dead letters; when absent, all.' }), ...pace },
    {
      title: 'ReplayDead',
      ...closed,
      description: 'Without a canary, unless it says one.',
      examples: [{}, { ids: [ID], rate_per_s: 10 }],
    },
  ),
)

const REPLAY = {
  id: ID,
  name: 'after the fix of the output',
  source: 'orders',
  filter: { group: '5d41402a-bc4b-2a76-b971-9d911017c592' },
  state: 'running',
  pause_reason: null,
  rate_per_s: 50,
  canary: 5,
  total: 412,
  taken: 0,
  published: 155,
  succeeded: 140,
  died_again: 3,
  waiting: 12,
  unsent: 257,
  gone: 0,
  undone: 0,
  created_by: 'maria',
  created_at: '2026-11-20T11:05:00.000Z',
  finished_at: null,
}

export const replayAnswer = t.Object(
  {
    id: uuid('Of the replay.'),
    name: t.String(),
    source,
    filter: t.Record(t.String(), t.Unknown(), { description: 'What was asked for.' }),
    state: oneOf(REPLAY_STATES, {
      description:
        'canary: its first letters go alone. running: the rest goes. paused: nothing more is sent. done: every letter has ended. ' +
        'cancelled: what was not sent is dead as before. What was sent is followed to its end in any state.',
    }),
    pause_reason: t.Union([
      oneOf(PAUSE_REASONS, {
        description:
          'by_hand, or canary_failed: a letter of the canary died again; resume sends the rest all the same.',
      }),
      t.Null(),
    ]),
    rate_per_s: t.Number(),
    canary: t.Integer(),
    total: t.Integer({ description: 'Letters that it selected when it began.' }),
    taken: t.Integer({
      description: 'Letters that fitted, and were in another replay already; they are not in this one.',
    }),
    published: t.Integer({ description: 'The queue had so many of its messages.' }),
    succeeded: t.Integer(),
    died_again: t.Integer({ description: 'Each is a new dead letter.' }),
    waiting: t.Integer({ description: 'On their way.' }),
    unsent: t.Integer({ description: 'They wait for their turn, and are dead letters until then.' }),
    gone: t.Integer({ description: 'Purged, edited or deleted before their turn.' }),
    undone: t.Integer({ description: 'Not sent, since it was cancelled; dead as before.' }),
    created_by: t.String(),
    created_at: time,
    finished_at: orNull(time),
  },
  { title: 'Replay', examples: [REPLAY] },
)
export const replaysPage = pageAnswer(replayAnswer)

export const replaysQuery = t.Object(
  {
    source: t.Optional(oneOf(SOURCE_NAMES, { description: 'Of this source.' })),
    state: t.Optional(oneOf(REPLAY_STATES, { description: 'In this state.' })),
    ...pageQuery,
  },
  closed,
)
export type ReplaysQuery = Static<typeof replaysQuery>

export const dryRunAnswer = t.Object(
  {
    count: t.Integer({ description: 'Letters that it would select.' }),
    taken: t.Integer({ description: 'Letters that fit, and are in another replay.' }),
    samples: t.Array(
      t.Object({
        id: uuid('Of the letter.'),
        message_id: t.String(),
        origin: orNull(t.String()),
        attempts: t.Integer(),
        step: t.String(),
        reason: t.String(),
        detail: t.String(),
        died_at: time,
      }),
      { description: 'Three of them, the oldest.' },
    ),
    effects: t.Array(
      t.Object({
        effect: t.String({ description: 'A stable code of the source.' }),
        count: t.Integer(),
        detail: t.String(),
      }),
      { description: 'What it would do, as far as that is known.' },
    ),
  },
  {
    title: 'ReplayDryRun',
    examples: [
      {
        count: 412,
        taken: 0,
        samples: [
          {
            id: ID,
            message_id: '8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15',
            origin: 'b',
            attempts: 5,
            step: 'process',
            reason: 'attempts_spent',
            detail: 'Not done after 5 attempts; it needs 6.',
            died_at: '2026-11-20T09:31:10.000Z',
          },
        ],
        effects: [
          {
            effect: 'dies_again',
            count: 412,
            detail: '412 surely die again: they need more than 5 attempts.',
          },
        ],
      },
    ],
  },
)

const REPLAYED = {
  position: 1,
  letter_id: ID,
  message_id: '8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15',
  origin: 'b',
  reason: 'attempts_spent',
  replay: 1,
  state: 'died_again',
  sent_at: '2026-11-20T11:05:00.100Z',
  ended_at: '2026-11-20T11:05:40.600Z',
  died_as: '01a1fcc0-0d2f-7b7c-9e15-8a4e21c05b7f',
}
export const replayedPage = pageAnswer(
  t.Object(
    {
      position: t.Integer(),
      letter_id: uuid('Of the letter.'),
      message_id: t.Union([t.String(), t.Null({ description: 'The letter was deleted.' })]),
      origin: orNull(t.String()),
      reason: t.Union([t.String({ description: 'What it died of before.' }), t.Null()]),
      replay: t.Union([
        t.Integer({
          description:
            'Its message is sent as its replay of this number; one that dies of it has died once more than that.',
        }),
        t.Null(),
      ]),
      state: oneOf(REPLAYED_STATES, {
        description:
          'pending: it waits for its turn. sending, sent: it is on its way. succeeded, died_again: how it ended. gone: purged, edited or ' +
          'deleted before its turn. undone: the replay was cancelled before its turn.',
      }),
      sent_at: orNull(time),
      ended_at: orNull(time),
      died_as: t.Union([uuid('The letter that it became when it died again.'), t.Null()]),
    },
    { title: 'ReplayedLetter', examples: [REPLAYED] },
  ),
)

export const replayedQuery = t.Object(
  { state: t.Optional(oneOf(REPLAYED_STATES, { description: 'Letters in this state.' })), ...pageQuery },
  closed,
)
export type ReplayedQuery = Static<typeof replayedQuery>
