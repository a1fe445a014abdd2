import { Type } from '@sinclair/typebox'
import { t, type Static } from 'elysia'
import { REPLAYED_STATES } from '../../db/dead-letters/replays/table.ts'
import { LETTER_SOURCES, SOURCE_NAMES } from '../../db/dead-letters/sources.ts'
import { LETTER_STATES } from '../../db/dead-letters/table.ts'
import { MEANING } from '../../lib/validation-texts.ts'
import { pageAnswer, pageQuery } from '../http/pagination.ts'
import { idParams, NO_CONTROLS, oneOf, orNull, time } from '../http/schemas.ts'

const closed = { additionalProperties: false }
const uuid = (description: string) => t.String({ format: 'uuid', description })

const state = oneOf(LETTER_STATES, {
  description:
    'dead: it waits for somebody. replayed: its message was published again. purged: it is in the bin. replaced: an edited copy stands for it.',
})
const source = t.Optional(oneOf(SOURCE_NAMES, { description: 'Where they came from; left out: all.' }))
/** What letters are chosen by. */
export const filters = {
  source,
  group: t.Optional({ ...idParams.properties.id, description: 'Of this group.' }),
  origin: t.Optional(t.String({ maxLength: 100, ...NO_CONTROLS, description: 'From this system or topic.' })),
  message_id: t.Optional(t.String({ maxLength: 400, ...NO_CONTROLS, description: 'Of this message.' })),
  q: t.Optional(
    t.String({
      minLength: 1,
      maxLength: 200,
      ...NO_CONTROLS,
      description:
        'Words, or parts of them, all of which are in the message id, the reason or the detail; case and accents do not matter.',
    }),
  ),
}

export const listQuery = t.Object(
  { state: t.Optional({ ...state, description: `${state.description} Left out: dead.` }), ...filters, ...pageQuery },
  closed,
)
export type ListQuery = Static<typeof listQuery>

const expected = Type.Integer({
  minimum: 0,
  maximum: 1_000_000_000,
  description: 'How many letters these are; where they are not as many any more, nothing is changed.',
})
const UUIDS =
  /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(,[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}){0,99}$/

export const purgeQuery = t.Object(
  {
    ...filters,
    ids: t.Optional(
      t.String({
        pattern: UUIDS.source,
        description: 'Only these, separated by commas.',
        [MEANING]: { en: 'up to 100 UUIDs, separated by commas', pt: 'até 100 UUIDs, separados por vírgulas' },
      }),
    ),
    expected,
  },
  closed,
)
export const purgedAnswer = t.Object(
  { purged: t.Integer() },
  { title: 'PurgedDeadLetters', examples: [{ purged: 412 }] },
)

export const restoreBody = t.Object(
  {
    ...filters,
    ids: t.Optional(t.Array(idParams.properties.id, { minItems: 1, maxItems: 1000, description: 'Only these.' })),
    expected: t.Optional(expected),
  },
  {
    title: 'RestoreDeadLetters',
    ...closed,
    minProperties: 1,
    examples: [{ group: '5d41402a-bc4b-2a76-b971-9d911017c592', expected: 412 }],
  },
)
export const restoredAnswer = t.Object(
  { restored: t.Integer() },
  { title: 'RestoredDeadLetters', examples: [{ restored: 412 }] },
)

/** What any of the sources lets people change. */
export const editBody = t.Object(t.Partial(t.Composite(LETTER_SOURCES.map(({ editable }) => editable))).properties, {
  title: 'EditDeadLetter',
  ...closed,
  minProperties: 1,
  examples: [{ required_attempts: 2 }, { sku: 'CX-0201-160x110x30-B' }],
})

export const groupsQuery = t.Object(
  {
    source,
    state: t.Optional({ ...state, description: 'Of letters in this state; left out: dead.' }),
    limit: t.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100, description: 'Groups, at most.' })),
  },
  closed,
)
export type GroupsQuery = Static<typeof groupsQuery>

const died = {
  source: oneOf(SOURCE_NAMES),
  step: t.String({ description: 'What failed, e.g. decode, process, queue.' }),
  reason: t.String({ description: 'A stable code.' }),
}
const note = {
  note: orNull(t.String({ description: 'What is known of it.' })),
  noted_by: orNull(t.String()),
  noted_at: orNull(time),
}

const groupAnswer = t.Object(
  {
    id: uuid('Made of its source, step, reason and cause.'),
    ...died,
    cause: t.String({ description: 'The detail with its ids, numbers and quoted texts blanked.' }),
    count: t.Integer(),
    first_at: time,
    last_at: time,
    last_hour: t.Integer({ description: 'How many of them died within the last hour.' }),
    ...note,
  },
  {
    title: 'DeadLetterGroup',
    examples: [
      {
        id: '5d41402a-bc4b-2a76-b971-9d911017c592',
        source: 'orders',
        step: 'process',
        reason: 'attempts_spent',
        cause: 'Not done after … attempts; it needs ….',
        count: 412,
        first_at: '2026-11-20T09:31:10.000Z',
        last_at: '2026-11-20T11:02:54.000Z',
        last_hour: 37,
        note: 'Orders without a security check; nothing to do.',
        noted_by: 'maria',
        noted_at: '2026-11-20T10:00:00.000Z',
      },
    ],
  },
)

export const groupsAnswer = t.Object(
  {
    items: t.Array(groupAnswer),
    groups: t.Integer({ description: 'How many groups there are, listed or not.' }),
    letters: t.Integer({ description: 'How many letters these have.' }),
  },
  { title: 'DeadLetterGroups', examples: [{ items: groupAnswer.examples as unknown[], groups: 1, letters: 412 }] },
)

export const noteBody = t.Object(
  {
    note: t.String({
      maxLength: 2000,
      pattern: /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$/.source,
      description: 'What is known of it; an empty text takes the note away.',
      [MEANING]: {
        en: 'a text without control characters but tabs and line breaks',
        pt: 'um texto sem caracteres de controle, a não ser tabulações e quebras de linha',
      },
    }),
  },
  { title: 'NoteDeadLetterGroup', ...closed, examples: [{ note: 'Orders without a security check; nothing to do.' }] },
)

export const noteAnswer = t.Object(
  { group_id: uuid('Of the group.'), ...note },
  {
    title: 'DeadLetterNote',
    examples: [
      {
        group_id: '5d41402a-bc4b-2a76-b971-9d911017c592',
        note: 'Orders without a security check; nothing to do.',
        noted_by: 'maria',
        noted_at: '2026-11-20T10:00:00.000Z',
      },
    ],
  },
)

const listed = {
  id: uuid('Of the letter; its message may have others.'),
  ...died,
  message_id: t.String({ description: 'As the broker had it, where the message cannot be read.' }),
  replay: t.Integer({ description: 'How often the message had been replayed before it died.' }),
  origin: orNull(t.String({ description: 'The system or topic that it came from.' })),
  attempts: t.Integer(),
  detail: t.String(),
  group: uuid('Its group.'),
  state,
  died_at: time,
  left_at: orNull(time),
  bin_until: orNull(time),
  edited_from: orNull(uuid('The letter whose edited copy this is.')),
  size_bytes: t.Integer({ description: 'Of its body.' }),
}
const LISTED = {
  id: '01a1fc6d-ba26-771a-b067-b72d1b4570e8',
  source: 'orders',
  step: 'process',
  reason: 'attempts_spent',
  message_id: '8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15',
  replay: 0,
  origin: 'b',
  attempts: 5,
  detail: 'Not done after 5 attempts; it needs 6.',
  group: '5d41402a-bc4b-2a76-b971-9d911017c592',
  state: 'dead',
  died_at: '2026-11-20T09:31:10.000Z',
  left_at: null,
  bin_until: null,
  edited_from: null,
  size_bytes: 182,
}
const listedAnswer = t.Object(listed, { title: 'DeadLetter', examples: [LISTED] })
export const lettersPage = pageAnswer(listedAnswer)

const value = t.Union([t.String(), t.Number(), t.Boolean()])
const changes = t.Array(t.Object({ field: t.String(), before: value, after: value }), {
  description: 'What an edited copy has otherwise than its original.',
})

const otherAnswer = t.Object({
  id: uuid('Of the letter.'),
  replay: t.Integer(),
  state,
  died_at: time,
  edited_from: orNull(uuid('The letter whose edited copy it is.')),
  changes,
})

const fieldAnswer = t.Object({
  field: t.String(),
  value,
  type: t.String({ description: 'As in JSON Schema, e.g. integer.' }),
  minimum: orNull(t.Number()),
  maximum: orNull(t.Number()),
  description: orNull(t.String()),
})

export const letterAnswer = t.Object(
  {
    ...listed,
    cause: t.String({ description: 'The detail with its ids, numbers and quoted texts blanked.' }),
    readable: t.Boolean({ description: 'Whether its source could read the message, and knows its journey.' }),
    headers: t.Record(t.String(), t.String()),
    body: t.Object({
      encoding: oneOf(['utf8', 'base64'], { description: 'base64 where the bytes are no UTF-8.' }),
      text: t.String(),
      shown_bytes: t.Integer({
        description: 'How many bytes the text stands for; GET /dead-letters/{id}/body has all.',
      }),
      has_controls: t.Boolean({
        description:
          'Whether the text has characters that are not seen or change how others are, such as escape sequences.',
      }),
    }),
    editable: t.Array(fieldAnswer, {
      description: 'The fields that PUT /dead-letters/{id} changes; none where it is not dead, or cannot be read.',
    }),
    changes,
    others: t.Array(otherAnswer, {
      description: 'The other letters of the same message, newest first: where it died again, and edited copies.',
    }),
    replays: t.Array(
      t.Object({
        replay_id: uuid('Of the replay.'),
        name: t.String(),
        state: oneOf(REPLAYED_STATES, { description: 'As in GET /replays/{id}/letters.' }),
        sent_at: orNull(time),
        ended_at: orNull(time),
        died_as: orNull(uuid('The letter that it became when it died again.')),
      }),
      { description: 'The replays that it was in, newest first, and what became of it there.' },
    ),
  },
  {
    title: 'WholeDeadLetter',
    examples: [
      {
        ...LISTED,
        cause: 'Not done after … attempts; it needs ….',
        readable: true,
        headers: { version: '1', trace_id: '5b7f4c1e9a630d2f4b7c9e158a4e21c0' },
        body: {
          encoding: 'utf8',
          text: '{"message_id":"8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15"}',
          shown_bytes: 53,
          has_controls: false,
        },
        editable: [
          {
            field: 'required_attempts',
            value: 6,
            type: 'integer',
            minimum: 1,
            maximum: 1000,
            description: 'The attempt on which it succeeds.',
          },
        ],
        changes: [],
        others: [],
        replays: [],
      },
    ],
  },
)
