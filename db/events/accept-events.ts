import type { Sql } from 'postgres'
import { MAX_ERRORS, validationFailed, type ErrorItem } from '../../lib/errors.ts'
import { recordAudit, type Actor } from '../audit/audit.ts'
import type { Stream } from '../engines/stream/stream.ts'
import { eventErrors, eventMessage, EVENT_KINDS, EVENTS_TOPIC, type EventInput, type StockEvent } from './event.ts'

/** That are accepted together. */
export const MAX_EVENTS = 1000

/**
 * Hands events to the topic and resolves when they are durable there: all of them or none. `body`: one event or a list.
 * Those without an id or a time get them from `idOf`, by their position, and `now`. `trace_id` goes with each. The ids, in their order. Throws
 * AppError validation_failed with every error of every event, up to the event after which there are too many to list.
 */
export async function acceptEvents(
  { sql, stream }: { sql: Sql; stream: Stream },
  body: unknown,
  actor: Actor,
  { idOf, now, trace_id }: { idOf: (n: number) => string; now: Date; trace_id: string },
): Promise<string[]> {
  const inputs = checkEvents(body)
  const made = inputs.map((input, n) => eventMessage({ ...input, event_id: input.event_id ?? idOf(n) }, trace_id, now))
  await stream.produce(
    EVENTS_TOPIC,
    made.map(({ message }) => message),
  )
  const events = made.map(({ event }) => event)
  // The topic is no part of a transaction. Where this fails so does the request, which may be sent again with its key.
  await recordAudit(sql, { ...actor, action: 'events.posted', ...auditOf(events) })
  return events.map(({ event_id }) => event_id)
}

/** So many skus and ids of events are in the audit; the history has all of them. */
const MAX_AUDITED = 20

function auditOf(events: StockEvent[]) {
  const skus = [...new Set(events.map(({ sku }) => sku.toWellFormed()))]
  const kinds = Object.fromEntries(
    EVENT_KINDS.map((kind) => [kind, events.filter((event) => event.kind === kind).length]),
  )
  return {
    target: skus.length === 1 ? skus[0]! : null,
    details: {
      events: events.length,
      ...kinds,
      skus: skus.slice(0, MAX_AUDITED),
      event_ids: events.slice(0, MAX_AUDITED).map(({ event_id }) => event_id),
    },
  }
}

function checkEvents(body: unknown): EventInput[] {
  const list = Array.isArray(body) ? body : [body]
  if (list.length === 0 || list.length > MAX_EVENTS)
    throw validationFailed([
      {
        path: '/',
        message: {
          en: `must hold 1 to ${MAX_EVENTS} events, not ${list.length}`,
          pt: `deve ter de 1 a ${MAX_EVENTS} eventos, não ${list.length}`,
        },
      },
    ])
  const errors: ErrorItem[] = []
  for (const [i, event] of list.entries()) {
    if (errors.length >= MAX_ERRORS) {
      errors.splice(MAX_ERRORS - 1, Infinity, notChecked(list.length - i))
      break
    }
    for (const error of eventErrors(event))
      errors.push(Array.isArray(body) ? { ...error, path: `/${i}${error.path === '/' ? '' : error.path}` } : error)
  }
  if (errors.length > 0) throw validationFailed(errors)
  return list as EventInput[]
}

/** Each check of an event with errors takes many times as long as one of a good event. */
const notChecked = (count: number): ErrorItem => ({
  path: '/',
  message: {
    en: `holds too many errors to list; the last ${count} events were not checked`,
    pt: `tem erros demais para listar; os últimos ${count} eventos não foram verificados`,
  },
})
