/**
 * Stock events: decode, validate, enrich from the catalogue, into the history, on to `events.processed`.
 *
 * What can never succeed goes to `events.failed` with its original bytes and why. An engine that is away fails the
 * batch, which comes again. Any step may be repeated after a crash: the ledger knows an event by its id and by the
 * message that brought it, the history is upserted, and who reads `events.processed` goes by event_id.
 */
import { packagingBySku, type PackagingFacts } from '../db/packaging-lookup.ts'
import { enterEvents } from '../db/events-seen.ts'
import {
  contentHash,
  EVENTS_FAILED_TOPIC,
  EVENTS_PROCESSED_TOPIC,
  EVENTS_TABLE,
  EVENTS_TOPIC,
  type StockEvent,
} from '../db/stream/event.ts'
import type { Message, StoredMessage } from '../db/stream/index.ts'
import type { Db } from '../db/index.ts'
import { messageOf } from '../lib/errors.ts'
import { decodeEvent } from './events/decode.ts'
import { failedMessage, type Failure } from './events/failed.ts'
import type { StreamDefinition } from './run-stream.ts'

export const events: StreamDefinition = {
  name: 'events',
  topic: EVENTS_TOPIC,
  group: 'doca-events',
  from: 'earliest',
  async handle(messages, { db, log }) {
    const { processed, failed, repeated } = await handleBatch(db, messages)
    log.info({ processed, failed, repeated, partition: messages[0]!.partition }, 'events handled')
    if (failed > 0) log.warn({ failed, topic: EVENTS_FAILED_TOPIC }, 'some events failed')
  },
}

interface Outcome {
  processed: number
  failed: number
  /** Known already, with the same content: nothing to do. */
  repeated: number
}

async function handleBatch(db: Db, messages: StoredMessage[]): Promise<Outcome> {
  try {
    return await process(db, messages)
  } catch (thrown) {
    if (!isAboutData(thrown)) throw thrown
    // One message that an engine will never take must not hold up its partition: find it.
    if (messages.length === 1) {
      const failure: Failure = { message: messages[0]!, reason: 'unstorable', detail: messageOf(thrown) }
      await db.stream.produce(EVENTS_FAILED_TOPIC, [failedMessage(failure, new Date())])
      return { processed: 0, failed: 1, repeated: 0 }
    }
    const outcome: Outcome = { processed: 0, failed: 0, repeated: 0 }
    for (const message of messages) {
      const one = await handleBatch(db, [message])
      for (const key of ['processed', 'failed', 'repeated'] as const) outcome[key] += one[key]
    }
    return outcome
  }
}

interface Candidate {
  message: StoredMessage
  event: StockEvent
  content_hash: Uint8Array
  source: string
}

async function process(db: Db, messages: StoredMessage[]): Promise<Outcome> {
  const failures: Failure[] = []
  const decoded: Candidate[] = []
  for (const message of messages) {
    const result = decodeEvent(message.value)
    if ('reason' in result) failures.push({ message, ...result })
    else decoded.push(candidate(message, result.event))
  }

  const catalogue = await packagingBySku(db.sql, [...new Set(decoded.map(({ event }) => event.sku))])
  const known: Candidate[] = []
  for (const item of decoded) {
    if (catalogue.has(item.event.sku)) known.push(item)
    else
      failures.push({
        message: item.message,
        reason: 'unknown_sku',
        detail: `No packaging item has ${item.event.sku}.`,
      })
  }

  const { fresh, conflicts, repeated } = await consultLedger(db, known)
  failures.push(...conflicts)

  await db.history.write(
    EVENTS_TABLE,
    fresh.map(({ event }) => historyRow(event, catalogue.get(event.sku)!)),
  )
  const now = new Date()
  const processed = fresh.map(({ event, message }) => processedMessage(event, catalogue.get(event.sku)!, message))
  if (processed.length > 0) await db.stream.produce(EVENTS_PROCESSED_TOPIC, processed)
  if (failures.length > 0)
    await db.stream.produce(
      EVENTS_FAILED_TOPIC,
      failures.map((failure) => failedMessage(failure, now)),
    )
  return { processed: fresh.length, failed: failures.length, repeated }
}

function candidate(message: StoredMessage, event: StockEvent): Candidate {
  const source = `${message.topic}/${message.partition}/${message.offset}`
  return { message, event, content_hash: contentHash(event, message.headers), source }
}

/** The first message of an id is the event, however often it is delivered; the same again is a repeat, other content a conflict. */
async function consultLedger(db: Db, candidates: Candidate[]) {
  const first = new Map<string, Candidate>()
  for (const item of candidates) if (!first.has(item.event.event_id)) first.set(item.event.event_id, item)
  const ledger = await enterEvents(
    db.sql,
    [...first.values()].map(({ event, content_hash, source }) => ({ event_id: event.event_id, content_hash, source })),
  )
  const fresh: Candidate[] = []
  const conflicts: Failure[] = []
  let repeated = 0
  for (const item of candidates) {
    const entry = ledger.get(item.event.event_id)!
    if (entry.source === item.source) fresh.push(item)
    else if (Bun.deepEquals(new Uint8Array(entry.content_hash), item.content_hash)) repeated++
    else
      conflicts.push({
        message: item.message,
        reason: 'conflict',
        detail: `event_id ${item.event.event_id} came before with other content, from ${entry.source}; the first stands.`,
      })
  }
  return { fresh, conflicts, repeated }
}

function historyRow(event: StockEvent, packaging: PackagingFacts) {
  const data = { ...event, packaging }
  return { partition: event.sku, at: new Date(event.occurred_at), id: event.event_id, data }
}

function processedMessage(event: StockEvent, packaging: PackagingFacts, { headers }: StoredMessage): Message {
  const value = new TextEncoder().encode(JSON.stringify({ ...event, packaging }))
  return { key: event.sku, value, headers: { trace_id: headers.trace_id ?? event.event_id } }
}

/** SQLSTATE class 22, data exception: the engine is well, the value will never do. */
function isAboutData(thrown: unknown): boolean {
  return (thrown as { code?: string }).code?.startsWith('22') ?? false
}
