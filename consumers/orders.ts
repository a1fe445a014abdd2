/**
 * Orders: a message succeeds on the attempt that it asks for, and is in the output database then, once; otherwise it is
 * retried, and after the last attempt it is a dead letter. What can never succeed is one at once.
 *
 * The steps of an attempt, each of which may be repeated after a crash:
 *
 *   begin in the ledger → output, where it succeeds → journal → end in the ledger, with its dead letter → the queue
 *
 * - The attempt is the queue's count of retries, which it keeps through any crash. Once the end of an attempt is in the ledger, the
 *   message is retried or acknowledged without doing anything again.
 * - A copy of a message (sent twice, delivered twice) that is behind the ledger is acknowledged; one that is level with it goes the
 *   same way and changes nothing.
 * - An engine that is away holds up the message, not its attempts: it waits here, and when the program stops it goes back. Before a
 *   broker that gets no answer takes it away, and in the end for one that kills its consumers, it goes on as a new message.
 */
import { hostname } from 'node:os'
import { announceOrderChanges } from '../db/orders/changes.ts'
import { attemptDocument, ATTEMPTS_COLLECTION, type MadeAttempt } from '../db/orders/journal.ts'
import { endWithLetters, ORDERS_SOURCE, storeUnreadable } from '../db/orders/deaths.ts'
import { drainGivenUp } from '../db/orders/given-up.ts'
import { beginAttempts, type Attempt, type Begun, type Ended } from '../db/orders/ledger.ts'
import { decodeOrder, ORDERS_QUEUE, renewedMessage, type Refusal } from '../db/orders/message.ts'
import { openOrdersDatabases } from '../db/orders/databases.ts'
import { writeOutput } from '../db/orders/output.ts'
import type { OrdersConfig } from '../db/orders/config.ts'
import type { Db } from '../db/engines/connect.ts'
import { bookkeepingPool } from '../db/engines/postgres/bookkeeping-pool.ts'
import type { Decision, Delivery } from '../db/engines/queue/queue.ts'
import { messageOf } from '../lib/errors.ts'
import type { Log } from '../lib/log.ts'
import { createRetry } from '../lib/retry.ts'
import { batchCalls, Overdue, Refused, type Patience } from './orders/batch-calls.ts'
import type { HandlerContext, QueueDefinition } from './run-queue.ts'
import { StormBreaker } from './storm-breaker.ts'

export type OrdersDb = Db<'sql' | 'queue' | 'journal'>

/** The steps of an attempt, in their order. */
export const STEPS = ['delivered', 'begun', 'output', 'journal', 'ended'] as const

/** RabbitMQ takes away what it has had no answer to for 30 minutes, unless it is configured otherwise. */
const RENEW_AFTER_MS = 20 * 60_000

/** `after` is told of each step that is done; only tests set it, and when a message that waits is renewed. */
export function orders(
  db: OrdersDb,
  config: OrdersConfig,
  log: Log,
  after: (step: (typeof STEPS)[number]) => void = () => {},
  renew_after_ms = RENEW_AFTER_MS,
): QueueDefinition {
  const { retry, prefetch, max_message_bytes, journal_ttl_s } = config
  const { max_attempts, delay_s } = retry
  const worker = `${hostname()}:${process.pid}`
  const databases = openOrdersDatabases({ ...config, systems: [] }, db.url)
  const bookkeeping = bookkeepingPool(db.sql)
  const changes = announceOrderChanges(bookkeeping, log)
  const patience = (engine?: string) => createRetry(log, 'the consumer of orders', engine)

  const begin = batchCalls((attempts: Attempt[]) => beginAttempts(bookkeeping, attempts), patience())
  const output = batchCalls(
    (messages: Attempt['message'][]) => writeOutput(databases.output, messages).then(() => messages),
    patience('the output database'),
  )
  const journal = batchCalls(
    (made: MadeAttempt[]) =>
      db.journal.write(ATTEMPTS_COLLECTION, made.map(attemptDocument), journal_ttl_s).then(() => made),
    patience('the journal'),
  )
  const end = batchCalls(async (ended: Array<Ended & { delivery: Delivery }>) => {
    await endWithLetters(bookkeeping, ended)
    changes.changed()
    return ended
  }, patience())
  const unreadable = batchCalls(
    (deaths: Array<{ delivery: Delivery; refusal: Refusal }>) =>
      storeUnreadable(bookkeeping, deaths).then(() => deaths),
    patience(),
  )

  async function handle(delivery: Delivery, given: HandlerContext): Promise<Decision> {
    const context = { ...given, hold_until: performance.now() + renew_after_ms }
    const { count, mayDie } = context
    after('delivered')
    const decoded = decodeOrder(delivery, max_message_bytes)
    if ('reason' in decoded) {
      if (!(await mayDie(decoded))) return 'return'
      await unreadable({ delivery, refusal: decoded }, given)
      log.warn({ reason: decoded.reason, detail: decoded.detail, message_id: delivery.id }, 'an order cannot be read')
      count('unreadable')
      return 'ack'
    }
    const { message, travel } = decoded
    const attempt = { message, travel, attempt: delivery.attempt + travel.attempts_before, worker }
    try {
      const begun = await begin(attempt, context)
      after('begun')
      if (begun.state !== 'begun') {
        count('known')
        return begun.state === 'over' ? 'ack' : 'retry'
      }
      const ended = await make(attempt, begun, context)
      if (ended === 'return') return 'return'
      await end({ attempt, delivery, ...ended, delay_s }, context)
      after('ended')
      count(ended.state)
      return ended.state === 'retrying' ? 'retry' : 'ack'
    } catch (err) {
      if (!(err instanceof Overdue)) throw err
      return renew(delivery, attempt)
    }
  }

  /** The message goes on as a new one, after the attempts that it had. */
  async function renew(delivery: Delivery, attempt: Attempt): Promise<Decision> {
    try {
      await db.queue.publish(ORDERS_QUEUE, [renewedMessage(delivery, attempt)])
      return 'ack'
    } catch (err) {
      log.debug({ err, message_id: delivery.id }, 'a message that waits for long was not renewed')
      return 'return'
    }
  }

  /** Makes an attempt, with its document; how it ended, or that it goes back as if it had not been made. */
  async function make(
    attempt: Attempt,
    begun: Extract<Begun, { state: 'begun' }>,
    context: HandlerContext & Patience,
  ): Promise<(Pick<Ended, 'state' | 'error'> & { reason?: string }) | 'return'> {
    const { mayDie } = context
    let ended: Pick<Ended, 'state' | 'error'> & { reason?: string } = failure(attempt)
    if (ended.error === null) {
      const refused = await refusalOf(output(attempt.message, context))
      if (refused) {
        if (!(await mayDie({ reason: 'output_refused', detail: refused }))) return 'return'
        ended = { state: 'dead', reason: 'output_refused', error: refused }
      }
    }
    after('output')
    const status = ended.state === 'output' ? 'succeeded' : ended.state === 'dead' ? 'dead' : 'failed'
    const made = { attempt, status, error: ended.error, ...begun, now: new Date() } as const
    const refused = await refusalOf(journal(made, context))
    after('journal')
    if (!refused || ended.state !== 'retrying') return ended
    if (!(await mayDie({ reason: 'journal_refused', detail: refused }))) return 'return'
    return { state: 'dead', reason: 'journal_refused', error: refused }
  }

  /** The work itself: an order succeeds on the attempt that its message says. */
  function failure({ message, attempt }: Attempt) {
    const { required_attempts } = message
    if (attempt >= required_attempts) return { state: 'output', error: null } as const
    if (attempt < max_attempts)
      return { state: 'retrying', error: `Attempt ${attempt} of the ${required_attempts} that it needs.` } as const
    const error = `Not done after ${attempt} attempts; it needs ${required_attempts}.`
    return { state: 'dead', reason: 'attempts_spent', error } as const
  }

  return {
    name: 'orders',
    settings: { name: ORDERS_QUEUE, max_attempts, retry_delay_ms: delay_s * 1000 },
    prefetch,
    breaker: new StormBreaker({ sql: bookkeeping, source: ORDERS_SOURCE, worker, retry: patience() }),
    sql: db.sql,
    handle,
    tend: () => drainGivenUp(bookkeeping, max_message_bytes),
    async close() {
      await changes.close()
      await databases.close()
      await bookkeeping.end({ timeout: 5 })
    },
  }
}

/** Why the engine will never take it; undefined when it has. */
async function refusalOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call
    return undefined
  } catch (err) {
    if (err instanceof Refused) return messageOf(err.cause)
    throw err
  }
}
