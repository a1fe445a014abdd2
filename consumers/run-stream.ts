/** Runs one stream consumer: its handler gets batches, and the offset moves only after the handler returned. */
import type { Db } from '../db/engines/connect.ts'
import type { ConsumeOptions, StoredMessage, StreamConsumer } from '../db/engines/stream/stream.ts'
import type { Log } from '../lib/log.ts'

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
  handle(messages: StoredMessage[], context: { db: ConsumerDb; log: Log; signal: AbortSignal }): Promise<void>
}

export function runStream(definition: StreamDefinition, db: ConsumerDb, log: Log): Promise<StreamConsumer> {
  const { name, topic, group, from } = definition
  const ours = log.child({ consumer: name })
  return db.stream.consume({
    group,
    topic,
    from,
    onBatch: (messages, signal) => definition.handle(messages, { db, log: ours, signal }),
  })
}
