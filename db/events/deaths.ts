/** How failed events become dead letters: `events.failed` is drained into them, and stays as it is for other readers. */
import type { Death } from '../dead-letters/letters.ts'
import { storableText } from '../engines/postgres/storable.ts'
import type { StoredMessage } from '../engines/stream/stream.ts'
import { FAILED, letterReplayed, LOWER_UUID, replayOf, stepOf } from './failed-message.ts'

export const EVENTS_SOURCE = 'events'

/** In a letter's headers: the key of its message, where it had one. */
export const KEY = 'doca.key'

/** The same failure, told twice after a crash, is the same death: it is told by the place and the bytes of its message. */
export function deathOf({ key, value, headers, topic, partition, offset }: StoredMessage): Death {
  const { [FAILED.stacktrace]: _, ...kept } = headers
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
    body: value,
    headers: { ...kept, ...(key !== null && { [KEY]: key }) },
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
    const outside = JSON.stringify([...place, headers[FAILED.produced_at] ?? '', key])
    return new Bun.CryptoHasher('sha256').update(outside).update(value).digest('base64url')
  }
}

/** How the `death` of a message begins whose id could not be read. */
export const UNREADABLE = `${EVENTS_SOURCE}/unreadable/`

/** The death of a letter's replay, whether its message can be read or not: however often it was published, it is one. */
export const replayDeaths = (letter_id: string) =>
  [`${EVENTS_SOURCE}/replay/${letter_id}`, UNREADABLE + letter_id] as const

export const isReadable = ({ death }: Pick<Death, 'death'>): boolean => !death.startsWith(UNREADABLE)
