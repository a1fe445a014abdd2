/** Runs one stream consumer: its handler gets batches, and the offset moves only after the handler returned. */
import type { Sql } from 'postgres'
import type { Db } from '../db/engines/connect.ts'
import type { ConsumeOptions, StoredMessage, Stream, StreamConsumer } from '../db/engines/stream/stream.ts'
import type { Log } from '../lib/log.ts'
import type { Metrics } from '../lib/metrics/metrics.ts'
import type { BatchBreaker } from './batch-breaker.ts'
import { runSwitched, type Session } from './storm-switch.ts'

export type ConsumerDb = Db<'sql' | 'stream' | 'history'>

export interface StreamDefinition {
  name: string
  topic: string
  group: string
  from: ConsumeOptions['from']
  max_batch?: ConsumeOptions['max_batch']
  /** Of a consumer that a storm of failures pauses; `sql` listens for decisions. */
  storms?: { breaker: BatchBreaker; sql: Sql }
  /**
   * Returns when the effect of every message is durable. Throws when an engine is away: the same messages come again
   * later, so every effect must be idempotent.
   */
  handle(messages: StoredMessage[], context: HandlerContext): Promise<void>
}

export interface HandlerContext {
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

export async function runStream(
  definition: StreamDefinition,
  stream: Pick<Stream, 'consume'>,
  log: Log,
  countMessages: CountMessages = () => {},
): Promise<StreamConsumer> {
  const { name, topic, group, from, max_batch, storms } = definition
  const ours = log.child({ consumer: name })
  const count = (outcome: string, messages: number) => countMessages(name, outcome, messages)
  const onBatch: ConsumeOptions['onBatch'] = (messages, signal) => {
    const handle = () => definition.handle(messages, { log: ours, signal, count })
    return storms ? storms.breaker.during(messages[0]!.partition, handle) : handle()
  }
  const consume = () => stream.consume({ group, topic, from, ...(max_batch !== undefined && { max_batch }), onBatch })

  function begin(): Session {
    let consumer: StreamConsumer | undefined
    let stopped: Promise<void> | undefined
    let leaving = false
    const leave = () => {
      leaving = true
      stopped ??= consumer?.stop()
      return stopped ?? Promise.resolve()
    }
    const start = async () => {
      consumer = await consume()
      if (leaving) void leave()
    }
    return { started: start(), leave }
  }

  return storms ? runSwitched({ name, ...storms, begin }, log) : consume()
}
