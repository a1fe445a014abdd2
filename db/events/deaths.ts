/** How failed events become dead letters: `events.failed` is drained into them, and stays as it is for other readers. */
import type { Death } from '../dead-letters/letters.ts'
import { storableText } from '../engines/postgres/storable.ts'
import type { StoredMessage } from '../engines/stream/stream.ts'
import { FAILED, letterReplayed, LOWER_UUID, replayOf, stepOf } from './failed-message.ts'

export const EVENTS_SOURCE = 'events'

/** In a letter's headers: the key of its message, where it had one; one that is no UTF-8 as base64; and that it had no value. */
const KEY = 'doca.key'
const KEY_BYTES = 'doca.key_base64'
const TOMBSTONE = 'doca.tombstone'

/** The same failure, told twice after a crash, is the same death: it is told by the place and the bytes of its message. */
export function deathOf({ key, value, headers, topic, partition, offset }: StoredMessage): Death {
  const { [FAILED.stacktrace]: _stack, [KEY]: _key, [KEY_BYTES]: _bytes, [TOMBSTONE]: _tombstone, ...kept } = headers
  const key_base64 = key instanceof Uint8Array ? key.toBase64() : null
  const place = [
    headers[FAILED.topic] ?? topic,
    headers[FAILED.partition] ?? partition,
    headers[FAILED.offset] ?? offset,
  ]
  const event_id = LOWER_UUID.test(headers[FAILED.event_id] ?? '') ? headers[FAILED.event_id]! : null
  const reason = storableText(headers[FAILED.reason] ?? 'unknown', 100)
  const replayed = letterReplayed(headers)
  return {
    source: EVENTS_SOURCE,
    message_id: event_id ?? storableText(place.join('/'), 255),
    replay: replayOf(headers),
    origin: storableText(String(place[0]), 100),
    body: value ?? new Uint8Array(),
    headers: {
      ...kept,
      ...(typeof key === 'string' && { [KEY]: key }),
      ...(key_base64 !== null && { [KEY_BYTES]: key_base64 }),
      ...(value === null && { [TOMBSTONE]: 'true' }),
    },
    attempts: replayOf(headers) + 1,
    step: stepOf(reason),
    reason,
    detail: headers[FAILED.message] ?? '',
    death: nameOf(),
  }

  function nameOf(): string {
    if (event_id === null) return UNREADABLE + (replayed ?? digestOf())
    return replayed ? replayDeaths(replayed)[0] : `${EVENTS_SOURCE}/${digestOf()}`
  }

  /** The topic may have been deleted and made again since: its offsets are no names of messages then. */
  function digestOf(): string {
    const outside = JSON.stringify([...place, headers[FAILED.produced_at] ?? '', key_base64 ?? key])
    const hasher = new Bun.CryptoHasher('sha256').update(outside)
    return hasher.update(value ?? new Uint8Array()).digest('base64url')
  }
}

/** The key of the message that the letter was. */
export function originalKey(headers: Record<string, string>): StoredMessage['key'] {
  const base64 = headers[KEY_BYTES]
  return base64 === undefined ? (headers[KEY] ?? null) : Uint8Array.fromBase64(base64)
}

export const originalValue = ({ headers, body }: Pick<Death, 'headers' | 'body'>): StoredMessage['value'] =>
  headers[TOMBSTONE] === undefined ? body : null

/** How the `death` of a message begins whose id could not be read. */
export const UNREADABLE = `${EVENTS_SOURCE}/unreadable/`

/** The death of a letter's replay, whether its message can be read or not: however often it was published, it is one. */
export const replayDeaths = (letter_id: string) =>
  [`${EVENTS_SOURCE}/replay/${letter_id}`, UNREADABLE + letter_id] as const

export const isReadable = ({ death }: Pick<Death, 'death'>): boolean => !death.startsWith(UNREADABLE)
