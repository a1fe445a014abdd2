import { Elysia } from 'elysia'
import { recordAudit } from '../../db/audit/audit.ts'
import { listLetters, type ListedLetter } from '../../db/dead-letters/letters.ts'
import { announceOrderChanges } from '../../db/orders/changes.ts'
import { scheduleOf } from '../../db/orders/config.ts'
import { ORDERS_SOURCE } from '../../db/orders/deaths.ts'
import { fillOrders } from '../../db/orders/fill.ts'
import { explainFlow, isMoving, readFlow } from '../../db/orders/flow.ts'
import { messageOfRow } from '../../db/orders/message.ts'
import { statesOf } from '../../db/orders/ledger.ts'
import { listMet, listPending, listWaiting } from '../../db/orders/list-messages.ts'
import { listOutput } from '../../db/orders/output.ts'
import { countPending, listOrders } from '../../db/orders/rows.ts'
import { sendOrders } from '../../db/orders/send.ts'
import { readJourney, retryNow, statusOf } from '../../db/orders/status.ts'
import type { ApiContext } from '../context.ts'
import { consumerRoutes, replayRoute } from '../dead-letters/source-routes.ts'
import { jsonAnswer, longAnswer } from '../http/answers.ts'
import { actorOf, withSession } from '../http/authenticate.ts'
import { repeatable } from '../http/idempotency.ts'
import { answerPage, invalidCursor } from '../http/pagination.ts'
import { responses } from '../http/responses.ts'
import { traceIdOf } from '../http/trace-requests.ts'
import { emptyBody } from '../http/schemas.ts'
import {
  deadPage,
  fillBody,
  filledAnswer,
  flowAnswer,
  flowQuery,
  journeyAnswer,
  listedMessages,
  messageParams,
  messagesPage,
  messagesQuery,
  ordersPage,
  ordersQuery,
  outputPage,
  outputQuery,
  pageOnly,
  retriedAnswer,
  sentAnswer,
  systemParams,
  type MessagesQuery,
  type OrdersQuery,
  type PageOnly,
} from './model.ts'

const tags = ['orders']

const FALSE_SHARE = 0.2
/** Messages that do not add up, in one answer. */
const MAX_MISFITS = 1000

export function orders({ config, db, log, order_databases: databases, tracing }: ApiContext) {
  const { sql, queue, journal, cache } = db
  const { retry: policy } = config.orders
  const { changed } = announceOrderChanges(sql, log)
  return new Elysia({ name: 'orders' })
    .use(withSession)
    .post(
      '/systems/:system/orders/fill',
      ({ params, body, request, session }) =>
        repeatable(sql, request, async () => {
          const { count, false_share = FALSE_SHARE } = body
          const filled = await fillOrders(databases.system(params.system), count, false_share)
          const details = { ...filled, false_share }
          await recordAudit(sql, {
            ...actorOf(request, session),
            action: 'orders.filled',
            target: params.system,
            details,
          })
          return jsonAnswer(filled, 201)
        }),
      {
        params: systemParams,
        body: fillBody,
        detail: {
          tags,
          access: 'operator',
          request_headers: ['Idempotency-Key'],
          summary: 'Add rows of packaging as a shop orders it',
          responses: responses(
            { 201: { schema: filledAnswer, headers: ['Idempotency-Replayed'] } },
            [400, 404, 409, 413, 415, 422],
          ),
        },
      },
    )
    .get('/systems/:system/orders', ({ params, query }) => rowsOf(params.system, query), {
      params: systemParams,
      query: ordersQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'The rows of a system, and what has become of each',
        responses: responses({ 200: ordersPage }, [404, 422]),
      },
    })
    .post('/systems/:system/messages', ({ params, query }) => preview(params.system, query), {
      params: systemParams,
      query: pageOnly,
      body: emptyBody,
      detail: {
        tags,
        access: 'viewer',
        summary: 'What would be sent; nothing is',
        responses: responses({ 200: messagesPage }, [400, 404, 413, 415, 422]),
      },
    })
    .post(
      '/systems/:system/send',
      ({ params, request, session, server }) =>
        repeatable(sql, request, async () => {
          longAnswer(server, request)
          const system = databases.system(params.system)
          const sent = await sendOrders(system, { queue, cache, policy, log, changed }, traceIdOf(request, tracing))
          const actor = actorOf(request, session)
          await recordAudit(sql, { ...actor, action: 'orders.sent', target: params.system, details: { ...sent } })
          return jsonAnswer(sent)
        }),
      {
        params: systemParams,
        body: emptyBody,
        detail: {
          tags,
          access: 'operator',
          request_headers: ['Idempotency-Key'],
          summary: 'Send every row that is not sent yet; answers when the broker has confirmed all of them',
          description:
            'Two at once share the rows. Where it fails in the middle, the next one sends the rest; a message that the broker ' +
            'has twice then is handled once.',
          responses: responses(
            { 200: { schema: sentAnswer, headers: ['Idempotency-Replayed'] } },
            [400, 404, 409, 413, 415, 422],
          ),
        },
      },
    )
    .get('/orders/messages', ({ query }) => messages(query), {
      query: messagesQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'Messages by what has become of them',
        description:
          'Newest first; those that are pending in the order in which they will be sent. Pending and waiting ones come system by ' +
          'system; a page of waiting ones may be short, or empty, and still name the next.',
        responses: responses({ 200: listedMessages }, [422]),
      },
    })
    .get(
      '/orders/messages/:message_id',
      ({ params }) => readJourney({ sql, journal, databases, policy }, params.message_id.toLowerCase()),
      {
        params: messageParams,
        detail: {
          tags,
          access: 'viewer',
          summary: 'The journey of a message: its row, its publication, every attempt, what became of it',
          responses: responses({ 200: journeyAnswer }, [404, 422]),
        },
      },
    )
    .post(
      '/orders/messages/:message_id/retry-now',
      ({ params, request, session }) =>
        retryNow({ sql, queue }, params.message_id.toLowerCase(), actorOf(request, session)),
      {
        params: messageParams,
        body: emptyBody,
        detail: {
          tags,
          access: 'operator',
          summary: 'Give a message that waits for its delay its next attempt now',
          responses: responses({ 200: retriedAnswer }, [400, 404, 409, 413, 415, 422]),
        },
      },
    )
    .get(
      '/orders/output',
      ({ query: { origin, ...query } }) =>
        answerPage(query, ['id'], (page) => listOutput(databases.output, origin, numbered(page))),
      {
        query: outputQuery,
        detail: {
          tags,
          access: 'viewer',
          summary: 'Orders in the output database, newest first',
          responses: responses({ 200: outputPage }, [422]),
        },
      },
    )
    .get(
      '/orders/dead',
      ({ query }) =>
        answerPage(query, ['id'], (page) => listLetters(sql, [ORDERS_SOURCE], { state: 'dead' }, page), describeLetter),
      {
        query: pageOnly,
        detail: {
          tags,
          access: 'viewer',
          summary: 'Messages of orders that will not be tried again by themselves, newest first',
          responses: responses({ 200: deadPage }, [422]),
        },
      },
    )
    .use(replayRoute(sql, ORDERS_SOURCE, '/orders/dead', 'dead orders'))
    .use(consumerRoutes(sql, ORDERS_SOURCE))
    .get('/orders/flow', ({ query }) => flow(query.explain === 1), {
      query: flowQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'Whether all that was sent is accounted for',
        responses: responses({ 200: flowAnswer }, [422]),
      },
    })

  async function rowsOf(name: string, { pending, security_check, q, sort, ...page }: OrdersQuery) {
    const asked = {
      is_pending: pending === 1,
      order: sort === '-id' ? ('newest_first' as const) : ('oldest_first' as const),
      security_check,
      q,
    }
    const { items, next_cursor } = await answerPage(page, ['id'], (page) =>
      listOrders(databases.system(name), asked, numbered(page)),
    )
    const states = await statesOf(
      sql,
      items.map(({ message_id }) => message_id),
    )
    return { items: items.map((row) => ({ ...row, status: statusOf(states.get(row.message_id), row) })), next_cursor }
  }

  function messages({ status, origin, security_check, q, ...page }: MessagesQuery) {
    const context = { sql, databases, policy }
    const filters = { origin, security_check, q }
    if (status !== 'pending' && status !== 'waiting')
      return answerPage(page, ['at', 'order', 'id'], (page) => listMet(context, status, filters, page))
    const list = status === 'pending' ? listPending : listWaiting
    return answerPage(page, ['origin', 'id'], (page) => list(context, filters, numbered(page)))
  }

  async function preview(name: string, query: PageOnly) {
    const system = databases.system(name)
    const pending = await countPending(system)
    const page = await answerPage(
      query,
      ['id'],
      (page) => listOrders(system, { is_pending: true, order: 'oldest_first' }, numbered(page)),
      (row) => messageOfRow(name, row, policy),
    )
    return { pending, ...page }
  }

  async function flow(explain: boolean) {
    const context = { sql, queue, databases }
    const figures = await readFlow(context)
    const retry = { ...policy, schedule_s: scheduleOf(policy) }
    if (!explain) return { ...figures, retry }
    return { ...figures, retry, misfits: isMoving(figures) ? [] : await explainFlow(context, MAX_MISFITS) }
  }
}

const describeLetter = ({ id, message_id, origin, attempts, step, reason, detail, died_at }: ListedLetter) => ({
  id,
  message_id,
  origin,
  attempts,
  step,
  reason,
  detail,
  died_at,
})

/** A cursor may come back changed by anyone. */
function numbered<P extends { after?: { id: string } | undefined }>(page: P): P {
  if (page.after && !/^\d{0,15}$/.test(page.after.id)) throw invalidCursor()
  return page
}
