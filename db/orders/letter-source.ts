/** Orders as a source of dead letters: the ledger says of a message whether its letter is in the bin. */
import type { ISql } from 'postgres'
import type { DeadMessage, LetterSource } from '../dead-letters/source.ts'
import { isReadable, ORDERS_SOURCE } from './deaths.ts'

export const ordersLetters: LetterSource = {
  name: ORDERS_SOURCE,
  isReadable,
  binned: (tx, messages) => moveInLedger(tx, messages, 'dead', 'purged'),
  restored: (tx, messages) => moveInLedger(tx, messages, 'purged', 'dead'),
}

async function moveInLedger(tx: ISql, messages: DeadMessage[], from: string, to: string): Promise<void> {
  const known = messages.filter(isReadable)
  if (known.length === 0) return
  await tx`
    with held as (
      select m.message_id from order_messages m
      join unnest(${known.map(({ message_id }) => message_id)}::uuid[], ${known.map(({ replay }) => replay)}::int[])
        as letters (message_id, replay) on m.message_id = letters.message_id and m.replay = letters.replay
      where m.state = ${from} order by m.message_id for update of m
    )
    update order_messages m set state = ${to} from held where m.message_id = held.message_id`
}
