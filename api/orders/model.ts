import { Type } from '@sinclair/typebox'
import { t, type Static } from 'elysia'
import { LETTER_STATES } from '../../db/dead-letters/table.ts'
import { MAX_FILL } from '../../db/orders/fill.ts'
import { BALANCES, MISFITS } from '../../db/orders/flow.ts'
import { orderMessage } from '../../db/orders/message.ts'
import { MESSAGE_STATUSES } from '../../db/orders/status.ts'
import { MEANING } from '../../lib/validation-texts.ts'
import { pageAnswer, pageQuery } from '../http/pagination.ts'
import { idParams, NO_CONTROLS, oneOf, orNull, time } from '../http/schemas.ts'

const flag = (description: string) =>
  t.Optional(Type.Integer({ minimum: 0, maximum: 1, default: 0, description: `1: ${description}` }))

export const systemParams = t.Object({
  system: t.String({
    pattern: /^[a-z][a-z0-9_]{0,30}$/.source,
    description: 'The name of an order system, as SYSTEMS has it.',
    [MEANING]: {
      en: 'the name of an order system: a lower-case letter, then up to 30 lower-case letters, digits and _',
      pt: 'o nome de um sistema de pedidos: uma letra minúscula e depois até 30 letras minúsculas, dígitos e _',
    },
  }),
})

export const messageParams = t.Object({
  message_id: { ...idParams.properties.id, description: 'The id of the message.' },
})

export const pageOnly = t.Object(pageQuery, { additionalProperties: false })
export type PageOnly = Static<typeof pageOnly>

const rowFilters = {
  security_check: t.Optional(t.Boolean({ description: 'Those with it TRUE, or FALSE.' })),
  q: t.Optional(
    t.String({
      minLength: 1,
      maxLength: 200,
      ...NO_CONTROLS,
      description: 'A part of the product, or the beginning of the message id; case does not matter.',
    }),
  ),
}
const origin = t.Optional(t.String({ minLength: 1, maxLength: 100, ...NO_CONTROLS, description: 'Of this system.' }))

export const ordersQuery = t.Object(
  {
    pending: flag('those that are not sent yet.'),
    ...rowFilters,
    sort: t.Optional(oneOf(['id', '-id'], { description: '-id: newest first; unless given, oldest first.' })),
    ...pageQuery,
  },
  { additionalProperties: false },
)
export type OrdersQuery = Static<typeof ordersQuery>

export const messagesQuery = t.Object(
  {
    status: t.Optional(
      oneOf(MESSAGE_STATUSES, {
        description: 'Unless given: every message that a consumer has met. See OrderJourney.',
      }),
    ),
    origin,
    ...rowFilters,
    ...pageQuery,
  },
  { additionalProperties: false },
)
export type MessagesQuery = Static<typeof messagesQuery>
export const outputQuery = t.Object({ origin, ...pageQuery }, { additionalProperties: false })

export const flowQuery = t.Object(
  { explain: flag('also lists the messages that do not add up.') },
  { additionalProperties: false },
)

export const fillBody = t.Object(
  {
    count: Type.Integer({ minimum: 1, maximum: MAX_FILL, description: 'Rows.' }),
    false_share: t.Optional(
      t.Number({ minimum: 0, maximum: 1, description: 'The share with security_check FALSE; 0.2 when absent.' }),
    ),
  },
  { title: 'FillOrders', additionalProperties: false, examples: [{ count: 1000, false_share: 0.2 }] },
)

const ids = { from: t.Integer({ description: 'Id of the first row.' }), to: t.Integer({ description: 'Of the last.' }) }

export const filledAnswer = t.Object(
  { count: t.Integer(), ...ids },
  { title: 'FilledOrders', examples: [{ count: 1000, from: 1, to: 1000 }] },
)

export const sentAnswer = t.Object(
  {
    sent: t.Integer({ description: 'Rows whose messages the broker has confirmed.' }),
    from: orNull(ids.from),
    to: orNull(ids.to),
  },
  { title: 'SentOrders', examples: [{ sent: 1000, from: 1, to: 1000 }] },
)

const STATUS =
  'pending: not sent. waiting: no attempt has failed yet. retrying: one has. output, dead, purged: how it ended.'

const orderAnswer = t.Object(
  {
    id: t.Integer(),
    product: t.String(),
    price: t.String({ description: 'A decimal string.' }),
    security_check: t.Boolean(),
    created_at: time,
    message_id: t.String({ format: 'uuid' }),
    sent_at: t.Union([t.String({ format: 'date-time', description: 'When the broker had confirmed it.' }), t.Null()]),
    status: oneOf(MESSAGE_STATUSES, { description: STATUS }),
  },
  {
    title: 'Order',
    examples: [
      {
        id: 42,
        product: 'Caixa de papelão 300x200x150',
        price: '1.97',
        security_check: true,
        created_at: '2026-11-20T09:30:00.000Z',
        message_id: '8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15',
        sent_at: null,
        status: 'pending',
      },
    ],
  },
)
export const ordersPage = pageAnswer(orderAnswer)

export const messagesPage = t.Object(
  { pending: t.Integer({ description: 'Rows that the next send sends.' }), ...pageAnswer(orderMessage).properties },
  { title: 'OrderMessages', examples: [{ pending: 1, items: orderMessage.examples, next_cursor: null }] },
)

const outputAnswer = t.Object(
  {
    message_id: t.String({ format: 'uuid' }),
    origin: t.String(),
    product: t.String(),
    price: t.String(),
    security_check: t.Boolean(),
    written_at: time,
  },
  {
    title: 'OutputOrder',
    examples: [
      {
        message_id: '8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15',
        origin: 'a',
        product: 'Caixa de papelão 300x200x150',
        price: '1.97',
        security_check: true,
        written_at: '2026-11-20T09:31:10.000Z',
      },
    ],
  },
)
export const outputPage = pageAnswer(outputAnswer)

const deadAnswer = t.Object(
  {
    id: t.String({ format: 'uuid', description: 'Of the dead letter.' }),
    message_id: t.String({ description: 'As the broker had it, where the message cannot be read.' }),
    origin: orNull(t.String()),
    attempts: t.Integer(),
    step: t.String({ description: 'What failed: decode, process, or queue.' }),
    reason: t.String({ description: 'A stable code.' }),
    detail: t.String(),
    died_at: time,
  },
  {
    title: 'DeadOrder',
    examples: [
      {
        id: '01a1fc6d-ba26-771a-b067-b72d1b4570e8',
        message_id: '8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15',
        origin: 'b',
        attempts: 5,
        step: 'process',
        reason: 'attempts_spent',
        detail: 'Not done after 5 attempts; it needs 6.',
        died_at: '2026-11-20T09:31:10.000Z',
      },
    ],
  },
)
export const deadPage = pageAnswer(deadAnswer)

const attemptAnswer = t.Object(
  {
    replay: t.Integer({ description: 'Attempts count from 1 in each replay.' }),
    attempt: t.Integer(),
    status: oneOf(['succeeded', 'failed', 'dead']),
    error: orNull(t.String()),
    worker: t.String(),
    deliveries: t.Integer({ description: 'Above 1 where a consumer was killed or stopped in the middle of it.' }),
    begun_at: time,
    processed_at: time,
  },
  { title: 'OrderAttempt' },
)

const [example] = orderMessage.examples as Array<Record<string, unknown>>
const { order_id: _order, ...messageFields } = orderMessage.properties
const { order_id: _id, ...messageExample } = example!

export const journeyAnswer = t.Object(
  {
    ...messageFields,
    status: oneOf(MESSAGE_STATUSES, { description: STATUS }),
    row: t.Union([
      t.Object({ id: t.Integer(), created_at: time }),
      t.Null({ description: 'The system no longer has it.' }),
    ]),
    sent_at: t.Union([t.String({ format: 'date-time', description: 'When the broker had confirmed it.' }), t.Null()]),
    trace_id: orNull(t.String()),
    replay: t.Integer({ description: 'How often it was replayed.' }),
    schedule_s: t.Array(t.Integer(), {
      description: 'When attempts begin if each fails at once, seconds after the first; then it is dead.',
    }),
    current: t.Union([
      t.Object({
        attempt: t.Integer(),
        deliveries: t.Integer(),
        worker: t.String(),
        begun_at: time,
        ended_at: orNull(time),
        error: orNull(t.String()),
      }),
      t.Null({ description: 'No consumer has met it yet.' }),
    ]),
    next_attempt_at: orNull(time),
    attempts: t.Array(attemptAnswer, { description: 'From the journal, oldest first; gone after JOURNAL_TTL_S.' }),
    output: orNull(outputAnswer),
    letters: t.Array(
      t.Object({
        id: t.String({ format: 'uuid' }),
        replay: t.Integer(),
        state: oneOf(LETTER_STATES),
        step: t.String(),
        reason: t.String(),
        detail: t.String(),
        died_at: time,
        left_at: t.Union([t.String({ format: 'date-time' }), t.Null()], {
          description: 'When it was replayed, purged or replaced.',
        }),
        edited_from: orNull(t.String({ format: 'uuid' })),
      }),
      { description: 'The dead letters of the message, oldest first; see GET /dead-letters/{id}.' },
    ),
  },
  {
    title: 'OrderJourney',
    examples: [
      {
        ...messageExample,
        status: 'retrying',
        row: { id: 42, created_at: '2026-11-20T09:30:00.000Z' },
        sent_at: '2026-11-20T09:31:00.000Z',
        trace_id: '01a1fc6d-ba26-771a-b067-b72d1b4570e9',
        replay: 0,
        schedule_s: [0, 10, 20, 30, 40],
        current: {
          attempt: 1,
          deliveries: 1,
          worker: 'doca:4711',
          begun_at: '2026-11-20T09:31:00.100Z',
          ended_at: '2026-11-20T09:31:00.110Z',
          error: 'Attempt 1 of the 2 that it needs.',
        },
        next_attempt_at: '2026-11-20T09:31:10.110Z',
        attempts: [
          {
            replay: 0,
            attempt: 1,
            status: 'failed',
            error: 'Attempt 1 of the 2 that it needs.',
            worker: 'doca:4711',
            deliveries: 1,
            begun_at: '2026-11-20T09:31:00.100Z',
            processed_at: '2026-11-20T09:31:00.105Z',
          },
        ],
        output: null,
        letters: [],
      },
    ],
  },
)

const listedMessage = t.Object(
  {
    ...orderMessage.properties,
    status: oneOf(MESSAGE_STATUSES, { description: STATUS }),
    replay: t.Integer({ description: 'How often it was replayed.' }),
    attempt: t.Union([t.Integer(), t.Null({ description: 'No consumer has met it yet.' })], {
      description: 'The newest.',
    }),
    begun_at: orNull(time),
    error: orNull(t.String()),
    next_attempt_at: orNull(time),
  },
  {
    title: 'ListedOrderMessage',
    examples: [
      {
        ...example,
        status: 'retrying',
        replay: 0,
        attempt: 1,
        begun_at: '2026-11-20T09:31:00.100Z',
        error: 'Attempt 1 of the 2 that it needs.',
        next_attempt_at: '2026-11-20T09:31:10.110Z',
      },
    ],
  },
)
export const listedMessages = pageAnswer(listedMessage)

export const retriedAnswer = t.Object(
  {
    message_id: t.String({ format: 'uuid' }),
    attempt: t.Integer({ description: 'The one that it has now.' }),
  },
  { title: 'RetriedOrder', examples: [{ message_id: '8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15', attempt: 3 }] },
)

const figures = {
  sent: t.Integer(),
  waiting: t.Integer({ description: 'Sent, and without a failed attempt.' }),
  retrying: t.Integer({ description: 'After a failed attempt.' }),
  output: t.Integer(),
  dead: t.Integer(),
  purged: t.Integer(),
  pending: t.Integer({ description: 'Rows that are not sent yet.' }),
}
const FIGURES = { sent: 1000, waiting: 0, retrying: 0, output: 800, dead: 200, purged: 0, pending: 0 }

export const flowAnswer = t.Object(
  {
    ...figures,
    balance: oneOf(BALANCES, {
      description:
        'at_rest: sent is output, dead and purged together. moving: something is on its way. paused: something is, and the ' +
        'consumer waits for a decision (GET /orders/consumer). off: nothing is, and it does not add up.',
    }),
    by_system: t.Record(t.String(), t.Object(figures)),
    retry: t.Object(
      { max_attempts: t.Integer(), delay_s: t.Integer(), schedule_s: t.Array(t.Integer()) },
      { description: 'When attempts begin if each fails at once, seconds after the first; then a message is dead.' },
    ),
    misfits: t.Optional(
      t.Array(
        t.Object({
          message_id: t.String({ format: 'uuid' }),
          origin: t.String(),
          reason: oneOf(MISFITS, {
            description:
              'lost: sent, and nowhere. unreadable: the same, and a dead letter of its id could not be read. not_marked: it has ended, and its row does not say that it was sent; the next send ' +
              'does that. without_row: its row is gone. without_letter: dead without a dead letter that is dead, e.g. lost after a replay. not_in_bin: purged, and its letter is not. twice: output and dead.',
          }),
        }),
        { description: 'With explain=1, up to 1,000; empty while something moves.' },
      ),
    ),
  },
  {
    title: 'OrderFlow',
    examples: [
      {
        ...FIGURES,
        balance: 'at_rest',
        by_system: { a: FIGURES },
        retry: { max_attempts: 5, delay_s: 10, schedule_s: [0, 10, 20, 30, 40] },
      },
    ],
  },
)
