import { eventErrors, type EventInput, type StockEvent } from '../../db/stream/event.ts'
import { messageOf } from '../../lib/errors.ts'

export type Decoded = { event: StockEvent } | { reason: 'not_json' | 'invalid'; detail: string }

/** The event in a message's bytes, or why there is none. Never throws, whatever the bytes are. */
export function decodeEvent(bytes: Uint8Array): Decoded {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (thrown) {
    return { reason: 'not_json', detail: messageOf(thrown) }
  }
  try {
    const errors = eventErrors(value)
    const event = value as EventInput
    // Unlike a client of the API, who writes to the topic must name the event: a redelivery could not be told otherwise.
    for (const field of ['event_id', 'occurred_at'] as const)
      if (errors.length === 0 && event[field] === undefined) errors.push({ path: `/${field}`, message: 'is missing' })
    if (errors.length > 0)
      return { reason: 'invalid', detail: errors.map(({ path, message }) => `${path} ${message}`).join('; ') }
    const event_id = event.event_id!.toLowerCase()
    return { event: { ...event, event_id, data: event.data ?? {} } as StockEvent }
  } catch (thrown) {
    // Nested too deeply even to be looked at.
    return { reason: 'invalid', detail: messageOf(thrown) }
  }
}
