/** Runs one stream consumer: its handler gets batches, and the offset moves only after the handler returned. */
import type { Db } from '../db/engines/connect.ts'
import type { ConsumeOptions, StoredMessage, StreamConsumer } from '../db/engines/stream/stream.ts'
import type { Log } from '../lib/log.ts'
import type { Metrics } from '../lib/metrics/metrics.ts'

export type ConsumerDb = Db<'sql' | 'stream' | 'history'>

export interface StreamDefinition {
  name: string
  topic: string
  group: string
  from: ConsumeOptions['from']
  /**
   * Returns when the effect of every message is durable. Throws when an engine is away: the same messages come again
   * later, so every effect must be idempotent.
   */
  handle(messages: StoredMessage[], context: HandlerContext): Promise<void>
}

export interface HandlerContext {
  db: ConsumerDb
  log: Log
  signal: AbortSignal
  /** Says what became of so many messages. */
  count(outcome: string, messages: number): void
}

export type CountMessages = (consumer: string, outcome: string, messages: number) => void

export function countMessages(metrics: Metrics): CountMessages {
  const add = metrics.counter('doca_consumer_messages_total', 'What became of the messages of each consumer.', [
    'consumer',
    'outcome',
  ])
  return (consumer, outcome, messages) => add([consumer, outcome], messages)
}

export function runStream(
  definition: StreamDefinition,
  db: ConsumerDb,
  log: Log,
  countMessages: CountMessages = () => {},
): Promise<StreamConsumer> {
  const { name, topic, group, from } = definition
  const ours = log.child({ consumer: name })
  const count = (outcome: string, messages: number) => countMessages(name, outcome, messages)
  return db.stream.consume({
    group,
    topic,
    from,
    onBatch: (messages, signal) => definition.handle(messages, { db, log: ours, signal, count }),
  })
}
