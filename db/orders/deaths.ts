/** How order messages become dead letters. */
import type { Sql } from 'postgres'
import { storeLetters, type Death } from '../dead-letters/letters.ts'
import type { Delivery } from '../engines/queue/queue.ts'
import { storableText } from '../engines/postgres/storable.ts'
import { endAttempts, keyOfAttempt, type Attempt, type Ended } from './ledger.ts'
import { ORDERS_QUEUE, type Refusal } from './message.ts'

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
  const death = `${ORDERS_SOURCE}/${message_id}/${replay}`
  return { source: ORDERS_SOURCE, message_id, replay, origin, body, headers, attempts: attempt, ...why, death }
}

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
  // Without an id of its own it is told from others by all that it is.
  const outside = JSON.stringify([ORDERS_QUEUE, id, headers])
  const digest = new Bun.CryptoHasher('sha256').update(outside).update(body).digest('base64url')
  const message_id = storableText(id, 255)
  return {
    source: ORDERS_SOURCE,
    message_id,
    replay: 0,
    origin: null,
    body,
    headers,
    attempts: attempt,
    ...why,
    death: `${UNREADABLE}${digest}`,
  }
}

/** How the `death` of a message that could not be read begins. */
export const UNREADABLE = `${ORDERS_SOURCE}/unreadable/`

/** Whether the letter is one of a message that could be read, whose id is that of the ledger. */
export const isReadable = ({ death }: Pick<Death, 'death'>): boolean => !death.startsWith(UNREADABLE)
