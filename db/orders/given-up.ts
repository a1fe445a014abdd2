/**
 * Messages that the queue gave up by itself, because they kept their consumers from coming back, or had more attempts than are
 * allowed by now: from the engine's dead letters to everybody's.
 */
import type { ISql, Sql } from 'postgres'
import { storeLetters, type Death } from '../dead-letters/letters.ts'
import { takeDeadLetters } from '../engines/queue/dead-letters.ts'
import type { DeadLetter } from '../engines/queue/queue.ts'
import { letterOf, unreadableLetter } from './deaths.ts'
import { beginAttempts, endGivenUp, type Attempt } from './ledger.ts'
import { decodeOrder, ORDERS_QUEUE } from './message.ts'

const AT_ONCE = 100

export async function drainGivenUp(sql: Sql, max_message_bytes: number): Promise<void> {
  for (;;) {
    const taken = await sql.begin(async (tx) => {
      const dead = await takeDeadLetters(tx, ORDERS_QUEUE, AT_ONCE)
      for (const one of dead) await storeLetters(tx, await deathsOf(tx, one, max_message_bytes))
      return dead.length
    })
    if (taken < AT_ONCE) return
  }
}

/** None for a copy of a message that has ended in another way. */
async function deathsOf(tx: ISql, dead: DeadLetter, max_message_bytes: number): Promise<Death[]> {
  const why = { step: 'queue', reason: 'given_up', detail: dead.reason }
  const delivery = { id: dead.message_id, body: dead.body, headers: dead.headers, attempt: dead.attempt }
  const decoded = decodeOrder(delivery, max_message_bytes)
  if ('reason' in decoded) return [unreadableLetter(delivery, why)]
  const { message, travel } = decoded
  const attempt: Attempt = { message, travel, attempt: dead.attempt + travel.attempts_before, worker: 'queue' }
  const [begun] = await beginAttempts(tx, [attempt])
  if (begun!.state === 'over') return []
  await endGivenUp(tx, message.message_id, dead.reason)
  return [letterOf(attempt, delivery, why)]
}
