import {
  completeEvent,
  contentHash,
  eventErrors,
  isTimeGiven,
  type EventInput,
  type StockEvent,
} from '../../db/events/event.ts'
import type { StoredMessage } from '../../db/engines/stream/stream.ts'
import { messageOf } from '../../lib/errors.ts'
import { textIn } from '../../lib/texts.ts'

export type Decoded =
  { event: StockEvent; content_hash: Uint8Array } | { reason: 'not_json' | 'invalid'; detail: string }

/** The API's limit for a body; far below a stream's limit, so that an enriched event still fits. */
const MAX_EVENT_BYTES = 1024 * 1024

/** The event in a message, or why there is none. Never throws, whatever the bytes are. */
export function decodeEvent({
  value,
  headers,
  produced_at,
}: Omit<StoredMessage, 'topic' | 'partition' | 'offset' | 'key'>): Decoded {
  if (value.byteLength > MAX_EVENT_BYTES)
    return {
      reason: 'invalid',
      detail: `${value.byteLength} bytes are more than an event may have, ${MAX_EVENT_BYTES}`,
    }
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(value))
  } catch (thrown) {
    return { reason: 'not_json', detail: messageOf(thrown) }
  }
  const errors = eventErrors(json)
  const input = json as EventInput
  // The API gives an event its id; a message without one could not be told from its redelivery.
  if (errors.length === 0 && input.event_id === undefined) errors.push(WITHOUT_ID)
  if (errors.length > 0)
    return {
      reason: 'invalid',
      detail: errors.map(({ path, message }) => `${path} ${textIn(message, 'en')}`).join('; '),
    }
  const event = completeEvent({ ...input, event_id: input.event_id! }, produced_at)
  return { event, content_hash: contentHash(event, isTimeGiven(input, headers)) }
}

const WITHOUT_ID = { path: '/event_id', message: { en: 'is missing', pt: 'é obrigatório' } }
