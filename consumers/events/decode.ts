import {
  completeEvent,
  contentHash,
  eventErrors,
  isTimeGiven,
  SCHEMA_VERSION,
  SCHEMA_VERSIONS,
  type EventInput,
  type StockEvent,
} from '../../db/events/event.ts'
import { LOWER_UUID, producedAt, type Failure, type FailureReason } from '../../db/events/failed-message.ts'
import type { StoredMessage } from '../../db/engines/stream/stream.ts'
import { textIn } from '../../lib/texts.ts'
import type { ReadPayload } from './payloads.ts'
import { Unreadable } from './unreadable.ts'

export type Decoded =
  { event: StockEvent; content_hash: Uint8Array } | Pick<Failure, 'reason' | 'detail' | 'event_id' | 'thrown'>

/** The API's limit for a body; far below a stream's limit, so that an enriched event still fits. */
const MAX_EVENT_BYTES = 1024 * 1024

/** The event in a message, or why there is none. Never throws, whatever the bytes are. `read`: what the bytes say. */
export function decodeEvent(
  { value, headers, produced_at }: Pick<StoredMessage, 'value' | 'headers' | 'produced_at'>,
  read: ReadPayload,
): Decoded {
  if (!value?.byteLength)
    return refusal(
      'empty',
      'The message has no value, as one that marks a key as deleted (a tombstone), or an empty one.',
    )
  if (value.byteLength > MAX_EVENT_BYTES)
    return refusal('too_large', `${value.byteLength} bytes are more than an event may have, ${MAX_EVENT_BYTES}.`)
  const version = headers[SCHEMA_VERSION] ?? SCHEMA_VERSIONS[0]
  if (!(SCHEMA_VERSIONS as readonly string[]).includes(version))
    return refusal(
      'version_unknown',
      `The schema version ${JSON.stringify(version.slice(0, 40))} is not known; this consumer knows ${SCHEMA_VERSIONS.join(', ')}.`,
    )
  let json: unknown
  try {
    json = read(value)
  } catch (thrown) {
    if (thrown instanceof Unreadable) return { ...refusal(thrown.reason, thrown.message), thrown: thrown.cause }
    throw thrown
  }
  const errors = eventErrors(json)
  const input = json as EventInput
  // The API gives an event its id; a message without one could not be told from its redelivery.
  if (errors.length === 0 && input.event_id === undefined) errors.push(WITHOUT_ID)
  if (errors.length > 0) {
    const detail = errors.map(({ path, message }) => `${path} ${textIn(message, 'en')}`).join('; ')
    return refusal('invalid', detail, idIn(json))
  }
  const event = completeEvent({ ...input, event_id: input.event_id! }, producedAt({ headers, produced_at }))
  return { event, content_hash: contentHash(event, isTimeGiven(input, headers)) }
}

const refusal = (reason: FailureReason, detail: string, event_id: string | null = null) => ({
  reason,
  detail,
  event_id,
})

const WITHOUT_ID = { path: '/event_id', message: { en: 'is missing', pt: 'é obrigatório' } }

function idIn(json: unknown): string | null {
  const { event_id } = Object(json) as { event_id?: unknown }
  const id = typeof event_id === 'string' ? event_id.toLowerCase() : ''
  return LOWER_UUID.test(id) ? id : null
}
