/** One consumer: handlers decide, and decisions go to the broker as they come, none waiting for another. */
import type { Log } from '../../../../lib/log.ts'
import { createNotify } from '../../../../lib/notify.ts'
import { createRetry } from '../../../../lib/retry.ts'
import { decide, lostReason, spentReason, type Decided, type Handler } from '../decide.ts'
import type { QueueConsumer, QueueSettings } from '../queue.ts'
import { nameOf } from './url.ts'
import type { Link } from './connection.ts'
import { incoming, type Death, type Incoming } from './message.ts'
import { subscribe, type Taken } from './subscription.ts'
import type { Topology } from './topology.ts'

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

/** `bury` puts a dead message where it is safe; throws when it is not known to be. */
export async function startConsumer(
  link: Link,
  topology: Topology,
  log: Log,
  settings: ConsumerSettings,
  handler: Handler,
  bury: (taken: Taken, death: Death) => Promise<void>,
): Promise<RabbitmqConsumer> {
  const { name: queue, max_attempts, retry_delay_ms, concurrency, max_lost, stop_grace_ms } = settings
  const retryUntilAborted = createRetry(log, `burying of queue ${queue}`, nameOf(link.place))
  const handled = createNotify()
  let running = 0
  const subscription = subscribe(link, log, {
    queue,
    prefetch: Math.min(concurrency, MAX_PREFETCH),
    // A quorum queue's TTL counts whole milliseconds.
    prepare: () => topology.consumable(queue, Math.ceil(retry_delay_ms)),
    onMessage: (taken) => void handle(taken),
  })

  /** Never throws. */
  async function handle(taken: Taken): Promise<void> {
    running++
    const { delivery, lost } = incoming(queue, taken.message)
    const hopeless = withoutChance({ delivery, lost })
    const decided = hopeless ?? (await decide(log, settings, handler, delivery, taken.lost.signal))
    const attempt = hopeless && delivery.attempt > max_attempts ? delivery.attempt - 1 : delivery.attempt
    if (!(await settle(taken, decided, { delivery: { ...delivery, attempt }, reason: decided.reason })))
      log.warn({ queue, message_id: delivery.id, attempt }, 'a decision was not stored; the message comes again')
    running--
    handled.notifyOne()
  }

  function withoutChance({ delivery, lost }: Incoming): Decided | null {
    if (delivery.attempt > max_attempts) return { result: 'dead', reason: spentReason(delivery.attempt - 1) }
    return lost < max_lost ? null : { result: 'dead', reason: lostReason(lost, delivery.attempt) }
  }

  async function settle(taken: Taken, { result }: Decided, death: Death): Promise<boolean> {
    if (result === 'retry') return subscription.reject(taken)
    if (result === 'ack') return subscription.ack(taken)
    try {
      await retryUntilAborted(() => bury(taken, death), taken.lost.signal)
      return subscription.ack(taken)
    } catch (err) {
      log.debug({ err, queue }, 'a dead message was not buried')
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
  return { stop: () => (stopped ??= stop()), held: subscription.held }
}
