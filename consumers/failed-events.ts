/** Failed events: from their topic into the dead letters, where people look at them, edit and replay them. */
import { LETTERS_CHANNEL, storeLetters } from '../db/dead-letters/letters.ts'
import { deathOf } from '../db/events/deaths.ts'
import { EVENTS_FAILED_GROUP, EVENTS_FAILED_TOPIC } from '../db/events/event.ts'
import type { ConsumerDb, StreamDefinition } from './run-stream.ts'

export const failedEvents = ({ sql }: Pick<ConsumerDb, 'sql'>): StreamDefinition => ({
  name: 'events-failed',
  topic: EVENTS_FAILED_TOPIC,
  group: EVENTS_FAILED_GROUP,
  from: 'earliest',
  async handle(messages, { log, count }) {
    await storeLetters(sql, messages.map(deathOf))
    await sql`select pg_notify(${LETTERS_CHANNEL}, '')`
    log.info({ letters: messages.length, partition: messages[0]!.partition }, 'failed events are dead letters')
    count('stored', messages.length)
  },
})
