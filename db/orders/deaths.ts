/** How order messages become dead letters. */
import type { Sql } from 'postgres'
import { storeLetters, type Death } from '../dead-letters/letters.ts'
import type { Delivery } from '../engines/queue/queue.ts'
import { storableText } from '../engines/postgres/storable.ts'
import { endAttempts, keyOfAttempt, type Attempt, type Ended } from './ledger.ts'
import { copyId, ORDERS_QUEUE, REPLAY_OF, type Refusal } from './message.ts'

export const ORDERS_SOURCE = 'orders'

/** The end of an attempt, with its delivery for the dead letter. */
export interface EndedDelivery extends Ended {
  delivery: Pick<Delivery, 'body' | 'headers'>
  /** Of a death. */
  reason?: string
}

/** Records how attempts ended; a death and its letter are there together or not at all. */
export async function endWithLetters(sql: Sql, ended: EndedDelivery[]): Promise<void> {
  if (!ended.some(({ state }) => state === 'dead')) return void (await endAttempts(sql, ended))
  await sql.begin(async (tx) => {
    const news = await endAttempts(tx, ended)
    const dead = ended.filter(({ state, attempt }) => state === 'dead' && news.has(keyOfAttempt(attempt)))
    await storeLetters(
      tx,
      dead.map(({ attempt, delivery, reason, error }) =>
        letterOf(attempt, delivery, { step: 'process', reason: reason!, detail: error! }),
      ),
    )
  })
}

/** `attempt`: the one on which it died. */
export function letterOf(
  { message, travel, attempt }: Attempt,
  { body, headers }: Pick<Delivery, 'body' | 'headers'>,
  why: Pick<Death, 'step' | 'reason' | 'detail'>,
): Death {
  const { message_id, origin } = message
  const { replay } = travel
  const death = deathOf(message_id, replay)
  return { source: ORDERS_SOURCE, message_id, replay, origin, body, headers, attempts: attempt, ...why, death }
}

export const deathOf = (message_id: string, replay: number) => `${ORDERS_SOURCE}/${message_id}/${replay}`

/** Letters of messages that cannot be read: no ledger knows them, and their bytes say which is which. */
export async function storeUnreadable(sql: Sql, dead: Array<{ delivery: Delivery; refusal: Refusal }>): Promise<void> {
  await storeLetters(
    sql,
    dead.map(({ delivery, refusal }) => unreadableLetter(delivery, { step: 'decode', ...refusal })),
  )
}

export function unreadableLetter(
  { id, body, headers, attempt }: Delivery,
  why: Pick<Death, 'step' | 'reason' | 'detail'>,
): Death {
  const again = replayIn(headers)
  const own_id = again && id.endsWith(again.suffix) ? id.slice(0, -again.suffix.length) : id
  return {
    source: ORDERS_SOURCE,
    message_id: storableText(own_id, 255),
    replay: again?.replay ?? 0,
    origin: null,
    body,
    headers,
    attempts: attempt,
    ...why,
    death: unreadableDeathOf(again?.letter_id ?? digestOf(id, headers, body)),
  }
}

/** `which`: the letter that was replayed; the first time, a digest. */
export const unreadableDeathOf = (which: string) => `${UNREADABLE}${which}`
/** How the `death` of a message that could not be read begins. */
export const UNREADABLE = `${ORDERS_SOURCE}/unreadable/`

/** Whether the letter is one of a message that could be read, whose id is that of the ledger. */
export const isReadable = ({ death }: Pick<Death, 'death'>): boolean => !death.startsWith(UNREADABLE)

/** Of which letter it is a replay, the nth one, and what its id ends with then. */
function replayIn({ replay = '', [REPLAY_OF]: letter_id = '' }: Record<string, string>) {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(letter_id) || !/^\d{1,4}$/.test(replay)) return undefined
  return { letter_id, replay: Number(replay), suffix: copyId('', Number(replay), 0) }
}

/** Without an id of its own it is told from others by all that it is. */
function digestOf(id: string, headers: Record<string, string>, body: Uint8Array): string {
  const outside = JSON.stringify([ORDERS_QUEUE, id, headers])
  return new Bun.CryptoHasher('sha256').update(outside).update(body).digest('base64url')
}
