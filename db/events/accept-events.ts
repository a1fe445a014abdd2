import type { Db } from '../engines/connect.ts'
import { eventErrors, eventMessage, EVENTS_TABLE, EVENTS_TOPIC, isCalendarDay, type EventInput } from './event.ts'
import type { ErrorItem } from '../../lib/errors.ts'
import type { Repeat } from '../../api/http/idempotency.ts'
import { decodeCursor, encodeCursor, NO_CURSOR } from '../../api/http/pagination.ts'
import { validationFailed } from '../../lib/errors.ts'
import { MAX_EVENTS } from '../../api/events/model.ts'

/** Hands events to the topic, with ids and a time from `repeat` where they have none; resolves when they are durable there. All or none; throws AppError 422. */
export async function acceptEvents(db: Db, body: unknown, trace_id: string, repeat: Repeat): Promise<string[]> {
  const inputs = checkEvents(body)
  const made = inputs.map((input, n) =>
    eventMessage({ ...input, event_id: input.event_id ?? repeat.id(n) }, trace_id, repeat.at),
  )
  await db.stream.produce(
    EVENTS_TOPIC,
    made.map(({ message }) => message),
  )
  return made.map(({ event }) => event.event_id)
}

/** One event, or an array of them; every error is listed with the event's place. */
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
  for (const [i, event] of list.entries())
    for (const error of eventErrors(event))
      errors.push(Array.isArray(body) ? { ...error, path: `/${i}${error.path === '/' ? '' : error.path}` } : error)
  if (errors.length > 0) throw validationFailed(errors)
  return list as EventInput[]
}

const DAY_MS = 86_400_000

/** A page of a sku's processed events, newest first; `day` in UTC. */
export async function readHistory(
  db: Db,
  { sku, day, limit = 50, cursor }: { sku: string; day?: string; limit?: number; cursor?: string },
) {
  if (day !== undefined && !isCalendarDay(day))
    throw validationFailed([
      { path: '/day', message: { en: `${day} is no day of the calendar`, pt: `${day} não é um dia do calendário` } },
    ])
  const from = day === undefined ? undefined : new Date(`${day}T00:00:00Z`)
  const rows = await db.history.read(EVENTS_TABLE, sku, {
    limit: limit + 1,
    ...(from && { from, to: new Date(from.getTime() + DAY_MS) }),
    ...(cursor && { before: placeOf(cursor) }),
  })
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const next = rows.length > limit && last ? encodeCursor({ at: last.at.toISOString(), id: last.id }) : null
  return { items: page.map(({ data }) => data), next_cursor: next }
}

/** A cursor may come back changed by anyone: what is no time and no id would only fail in the engine. */
function placeOf(cursor: string): { at: Date; id: string } {
  const { at, id } = decodeCursor(cursor, ['at', 'id'])
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(at) || Number.isNaN(Date.parse(at)) || !/^[\w-]{1,64}$/.test(id))
    throw validationFailed([{ path: '/cursor', message: NO_CURSOR }])
  return { at: new Date(at), id }
}
