/** Where a client goes on in an event stream that broke off. */
import { validationFailed } from '../../lib/errors.ts'

/** Of `Last-Event-ID`: a line's number, or microseconds since 1970. */
export const EVENT_ID = /^\d{1,16}$/

/** The last event that the client has; null for a first connection. Throws AppError invalid. */
export function lastEventId(request: Request): string | null {
  const given = request.headers.get('last-event-id')
  if (given === null || EVENT_ID.test(given)) return given
  const message = { en: 'must be the id of an event of this stream', pt: 'deve ser o id de um evento deste stream' }
  throw validationFailed([{ path: '/last-event-id', message }])
}
