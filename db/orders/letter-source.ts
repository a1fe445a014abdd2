/** Orders as a source of dead letters: the ledger says of a message whether its letter is in the bin, or replayed. */
import { Type } from '@sinclair/typebox'
import type { ISql } from 'postgres'
import type { DeadMessage, LetterSource } from '../dead-letters/source.ts'
import { isReadable, ORDERS_SOURCE } from './deaths.ts'
import { orderMessage, readOrder } from './message.ts'

const editable = Type.Pick(orderMessage, ['required_attempts'])

export const ordersLetters = {
  name: ORDERS_SOURCE,
  isReadable,
  editable,
  readFields(body) {
    const order = readOrder(body)
    return order && { required_attempts: order.required_attempts }
  },
  withFields: (body, fields) => new TextEncoder().encode(JSON.stringify({ ...readOrder(body), ...fields })),
  binned: (tx, messages) => moveInLedger(tx, messages, 'dead', 'purged'),
  restored: (tx, messages) => moveInLedger(tx, messages, 'purged', 'dead'),
  replayed: (tx, messages) => moveInLedger(tx, messages, 'dead', 'replayed'),
} satisfies LetterSource

async function moveInLedger(tx: ISql, messages: DeadMessage[], from: string, to: string): Promise<void> {
  await tx`
    with held as (
      select m.message_id from order_messages m
      join unnest(${messages.map(({ message_id }) => message_id)}::uuid[], ${messages.map(({ replay }) => replay)}::int[])
        as letters (message_id, replay) on m.message_id = letters.message_id and m.replay = letters.replay
      where m.state = ${from} order by m.message_id for update of m
    )
    update order_messages m set state = ${to} from held where m.message_id = held.message_id`
}
