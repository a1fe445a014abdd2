/** One consumer: handlers decide, and decisions go to the broker as they come, none waiting for another. */
import type { Log } from '../../../../lib/log.ts'
import { createNotify } from '../../../../lib/notify.ts'
import { createRetry } from '../../../../lib/retry.ts'
import { decide, lostReason, spentReason, type Decided, type Handler } from '../decide.ts'
import type { QueueConsumer, QueueSettings } from '../queue.ts'
import type { Connection } from './connection.ts'
import { incoming, type DeadDelivery, type Incoming } from './message.ts'
import { Subscription, type HeldMessage } from './subscription.ts'
import type { Topology } from './topology.ts'
import { nameOf } from './url.ts'

export interface ConsumerSettings extends QueueSettings {
  concurrency: number
  max_lost: number
  /** How long stop() lets a running handler go on before its signal aborts. */
  stop_grace_ms: number
}

export interface RabbitmqConsumer extends QueueConsumer {
  held(): number
}

/** The broker counts consumers' windows in 16 bits. */
const MAX_PREFETCH = 65_535

/** `deadLetter` puts a dead message where it is safe; throws when it is not known to be. */
export async function startConsumer(
  connection: Connection,
  topology: Topology,
  log: Log,
  settings: ConsumerSettings,
  handler: Handler,
  deadLetter: (held: HeldMessage, dead: DeadDelivery) => Promise<void>,
): Promise<RabbitmqConsumer> {
  const { name: queue, max_attempts, retry_delay_ms, concurrency, max_lost, stop_grace_ms } = settings
  const retryUntilAborted = createRetry(log, `dead-lettering of queue ${queue}`, nameOf(connection.endpoint))
  const handled = createNotify()
  let running = 0
  const subscription = new Subscription(connection, log, {
    queue,
    prefetch: Math.min(concurrency, MAX_PREFETCH),
    // A quorum queue's TTL counts whole milliseconds.
    prepare: () => topology.consumable(queue, Math.ceil(retry_delay_ms)),
    onMessage: (held) => void handle(held),
  })

  /** Never throws. */
  async function handle(held: HeldMessage): Promise<void> {
    running++
    const { delivery, lost } = incoming(queue, held.message)
    const spent = withoutChance({ delivery, lost })
    const decided = spent ?? (await decide(log, settings, handler, delivery, held.session.lost.signal))
    const attempt = spent && delivery.attempt > max_attempts ? delivery.attempt - 1 : delivery.attempt
    if (!(await settle(held, decided, { delivery: { ...delivery, attempt }, reason: decided.reason })))
      log.warn({ queue, message_id: delivery.id, attempt }, 'a decision was not stored; the message comes again')
    running--
    handled.notifyOne()
  }

  function withoutChance({ delivery, lost }: Incoming): Decided | null {
    if (delivery.attempt > max_attempts) return { result: 'dead', reason: spentReason(delivery.attempt - 1) }
    return lost < max_lost ? null : { result: 'dead', reason: lostReason(lost, delivery.attempt) }
  }

  async function settle(held: HeldMessage, { result }: Decided, dead: DeadDelivery): Promise<boolean> {
    if (result === 'retry') return subscription.reject(held)
    if (result === 'ack') return subscription.ack(held)
    if (result === 'return') return subscription.return(held)
    try {
      await retryUntilAborted(() => deadLetter(held, dead), held.session.lost.signal)
      return subscription.ack(held)
    } catch (err) {
      log.debug({ err, queue }, 'a message was not dead-lettered')
      return false
    }
  }

  let stopped: Promise<void> | undefined
  async function stop(): Promise<void> {
    const grace = setTimeout(() => subscription.giveUp(), stop_grace_ms)
    await subscription.cancel()
    while (running > 0) await handled.notified()
    clearTimeout(grace)
    await subscription.close()
  }

  try {
    await subscription.started
  } catch (err) {
    await stop()
    throw err
  }
  return { stop: () => (stopped ??= stop()), held: () => subscription.held() }
}
