/** The journey of one message: its row, its publication, every attempt, what became of it. */
import type { Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { recordAudit, type Actor } from '../audit/audit.ts'
import { lettersOfMessage, type LetterOfMessage } from '../dead-letters/letter.ts'
import type { Journal } from '../engines/journal/journal.ts'
import type { Queue } from '../engines/queue/queue.ts'
import { scheduleOf, type RetryPolicy } from './config.ts'
import type { OrdersDatabases } from './databases.ts'
import { ORDERS_SOURCE } from './deaths.ts'
import { attemptsOf, type JournalledAttempt } from './journal.ts'
import { findMessage, type LedgerRow } from './ledger.ts'
import { messageOfRow, ORDERS_QUEUE, toQueue, type OrderMessage } from './message.ts'
import { findOutput, type OutputRow } from './output.ts'
import { findOrder, type OrderRow } from './rows.ts'

/**
 * pending: its row was not sent. waiting: it was, maybe again, and no attempt has failed since. retrying: one has, and the next one is due or
 * under way. output, dead, purged: how it ended.
 */
export const MESSAGE_STATUSES = ['pending', 'waiting', 'retrying', 'output', 'dead', 'purged'] as const
export type MessageStatus = (typeof MESSAGE_STATUSES)[number]

export interface Journey extends Omit<OrderMessage, 'order_id'> {
  status: MessageStatus
  /** Null when the system no longer has the row. */
  row: Pick<OrderRow, 'id' | 'created_at'> | null
  /** When the broker had confirmed it. */
  sent_at: Date | null
  trace_id: string | null
  replay: number
  /** Seconds from the first attempt at which attempts begin, if each fails at once. */
  schedule_s: number[]
  /** The newest attempt, which outlives the journal. */
  current: Pick<LedgerRow, 'attempt' | 'deliveries' | 'worker' | 'begun_at' | 'ended_at' | 'error'> | null
  next_attempt_at: Date | null
  attempts: JournalledAttempt[]
  output: OutputRow | null
  /** Oldest first; those in the bin among them, until it is emptied. */
  letters: LetterOfMessage[]
}

export interface StatusContext {
  sql: Sql
  journal: Pick<Journal, 'find'>
  databases: OrdersDatabases
  policy: RetryPolicy
}

/** Throws AppError order_message_not_found. */
export async function readJourney(context: StatusContext, message_id: string): Promise<Journey> {
  const { sql, journal, databases, policy } = context
  const ledger = await findMessage(sql, message_id)
  const found = await findRow(databases, message_id, ledger?.origin)
  if (!ledger && !found) throw notFound(message_id)
  const message = ledger ? messageIn(ledger) : messageOfRow(found!.origin, found!.row, policy)
  const [attempts, output, letters] = ledger
    ? await Promise.all([
        attemptsOf(journal, message_id),
        findOutput(databases.output, message_id),
        lettersOfMessage(sql, ORDERS_SOURCE, message_id),
      ])
    : [[], null, []]
  const { order_id: _, ...shown } = message
  const row = found?.row
  return {
    ...shown,
    status: statusOf(ledger, row),
    row: row ? { id: row.id, created_at: row.created_at } : null,
    sent_at: row?.sent_at ?? null,
    trace_id: ledger?.trace_id ?? null,
    replay: ledger?.replay ?? 0,
    schedule_s: scheduleOf(policy),
    current: ledger && currentOf(ledger),
    next_attempt_at: ledger?.next_at ?? null,
    attempts,
    output,
    letters,
  }
}

/** The systems are few, and each has an index over it. */
async function findRow({ systems }: OrdersDatabases, message_id: string, origin: string | undefined) {
  for (const system of systems) {
    if (origin !== undefined && system.name !== origin) continue
    const row = await findOrder(system, message_id)
    if (row) return { origin: system.name, row }
  }
  return undefined
}

/** `ledger`: null where no consumer has met it; then its row says. */
export function statusOf(
  ledger: Pick<LedgerRow, 'state' | 'attempt'> | null | undefined,
  row: Pick<OrderRow, 'sent_at'> | undefined,
): MessageStatus {
  if (!ledger) return row!.sent_at === null ? 'pending' : 'waiting'
  if (ledger.state === 'running') return ledger.attempt > 1 ? 'retrying' : 'waiting'
  if (ledger.state === 'replayed') return 'waiting'
  return ledger.state
}

const currentOf = ({ attempt, deliveries, worker, begun_at, ended_at, error }: LedgerRow) => ({
  attempt,
  deliveries,
  worker,
  begun_at,
  ended_at,
  error,
})

const messageIn = (row: LedgerRow): OrderMessage => {
  const { message_id, origin, order_id, product, price, security_check, required_attempts } = row
  return { message_id, origin, order_id, product, price, security_check, required_attempts }
}

/**
 * Lets a message that waits for its delay have its next attempt now. It is published once more, as the message after the
 * attempts that it had; the one that waits in the broker, out of which none can be taken, finds itself behind the ledger.
 * Throws AppError order_message_not_found, or order_message_not_waiting.
 */
export async function retryNow(
  { sql, queue }: { sql: Sql; queue: Pick<Queue, 'publish'> },
  message_id: string,
  actor: Actor,
): Promise<{ message_id: string; attempt: number }> {
  const ledger = await findMessage(sql, message_id)
  if (!ledger) throw notFound(message_id)
  if (ledger.state !== 'retrying')
    throw new AppError('conflict', 'order_message_not_waiting', {
      en: `The message is ${ledger.state}; only one that is retrying, and waits for its next attempt, can have it now.`,
      pt: `A mensagem está como ${ledger.state}; só uma em retrying, que espera a próxima tentativa, pode tê-la agora.`,
    })
  const { attempt: attempts_before, trace_id, replay } = ledger
  await queue.publish(ORDERS_QUEUE, [toQueue(messageIn(ledger), { trace_id, replay, attempts_before })])
  const attempt = attempts_before + 1
  // The queue is no part of a transaction. Where this fails so does the request, which may be sent again.
  await recordAudit(sql, { ...actor, action: 'orders.retried_now', target: message_id, details: { attempt } })
  return { message_id, attempt }
}

const notFound = (message_id: string) =>
  new AppError('not_found', 'order_message_not_found', {
    en: `No order system has a message ${message_id}.`,
    pt: `Nenhum sistema de pedidos tem a mensagem ${message_id}.`,
  })
