/**
 * Stock events: decode, validate, enrich from the catalogue, write to the history, produce to `events.processed`.
 *
 * An event that can never succeed goes to `events.failed` with its original bytes and the reason. When an engine is away the
 * batch fails, and comes again. Any step may be repeated after a crash: the history is upserted, and the ledger knows by its
 * id which event was produced. Only a crash right between producing and recording it makes a second message in
 * `events.processed`; its readers go by event_id.
 */
import { hostname } from 'node:os'
import { forgetEvent, markProcessed } from '../db/events/ledger.ts'
import { EVENTS_SOURCE } from '../db/events/deaths.ts'
import type { HistoryRow } from '../db/engines/history/history.ts'
import { cachePackagingFacts } from '../db/packaging/facts.ts'
import type { PackagingFacts } from '../db/packaging/packaging.ts'
import {
  EVENTS_GROUP,
  EVENTS_PROCESSED_TOPIC,
  EVENTS_TOPIC,
  SCHEMA_VERSION,
  SCHEMA_VERSIONS,
} from '../db/events/event.ts'
import { EVENTS_TABLE } from '../db/events/history.ts'
import { letterReplayed, producedAt, type Failure } from '../db/events/failed-message.ts'
import type { StoredMessage } from '../db/engines/stream/stream.ts'
import { messageOf } from '../lib/errors.ts'
import { BatchBreaker, StormError } from './batch-breaker.ts'
import type { EventsConfig } from './events/config.ts'
import { decodeEvent } from './events/decode.ts'
import { logFailures, produceFailures } from './events/failed.ts'
import { consultLedger, passedOn, sourceOf, type Candidate } from './events/ledger.ts'
import { createPayloads } from './events/payloads.ts'
import { isAboutData } from './refused-data.ts'
import type { ConsumerDb, StreamDefinition } from './run-stream.ts'

const NAME = 'events'
/** The more, the more rows of an item go to the history in one statement: 2,000 cost it 40 % less processor time a row than 500 did. */
const MAX_BATCH = 2_000

/** What a batch came to; its failures are not told yet. */
interface Outcome {
  processed: Candidate[]
  failures: Failure[]
  /** Known already, with the same content. */
  repeated: number
  /** Of a sku that the catalogue does not have, and passed on all the same. */
  without_item: number
}

/** `again_ms`: how long failures wait for those of other consumers, where they are too few to tell a storm. */
export function events(
  db: ConsumerDb,
  { unknown_sku, schema_registry_url }: EventsConfig,
  again_ms?: number,
): StreamDefinition {
  const payloads = createPayloads(schema_registry_url)
  const factsOf = cachePackagingFacts(db.sql)
  const worker = `${hostname()}:${process.pid}`
  const breaker = new BatchBreaker({ sql: db.sql, source: EVENTS_SOURCE, worker, again_ms })

  async function handleBatch(messages: StoredMessage[], signal: AbortSignal): Promise<Outcome> {
    try {
      return await handle(messages, signal)
    } catch (thrown) {
      if (!isAboutData(thrown)) throw thrown
      // A message that an engine refuses must not hold up its partition: find it by halves, in their order.
      if (messages.length === 1) return refused(messages[0]!, thrown, signal)
      const middle = Math.ceil(messages.length / 2)
      const first = await handleBatch(messages.slice(0, middle), signal)
      const second = await handleBatch(messages.slice(middle), signal)
      return {
        processed: [...first.processed, ...second.processed],
        failures: [...first.failures, ...second.failures],
        repeated: first.repeated + second.repeated,
        without_item: first.without_item + second.without_item,
      }
    }
  }

  async function refused(message: StoredMessage, thrown: unknown, signal: AbortSignal): Promise<Outcome> {
    const decoded = decodeEvent(message, await payloads([message], signal))
    const event_id = 'event' in decoded ? decoded.event.event_id : decoded.event_id
    if (event_id !== null) await forgetEvent(db.sql, event_id, sourceOf(message))
    const failure: Failure = { message, reason: 'unstorable', detail: messageOf(thrown), event_id, thrown }
    return { processed: [], failures: [failure], repeated: 0, without_item: 0 }
  }

  async function handle(messages: StoredMessage[], signal: AbortSignal): Promise<Outcome> {
    signal.throwIfAborted()
    const failures: Failure[] = []
    const decoded: Candidate[] = []
    const read = await payloads(messages, signal)
    for (const message of messages) {
      const result = decodeEvent(message, read)
      if ('reason' in result) failures.push({ message, ...result })
      else decoded.push({ message, ...result })
    }

    const catalogue = await factsOf([...new Set(decoded.map(({ event }) => event.sku))])
    const isKnown = ({ event }: Candidate) => unknown_sku === 'processed' || catalogue.has(event.sku)
    const unknown = decoded.filter((item) => !isKnown(item))
    // An item may have been deleted since its event was passed on.
    const before = await passedOn(db.sql, unknown)
    for (const { message, event } of unknown.filter((item) => !before.has(item)))
      failures.push({
        message,
        reason: 'unknown_sku',
        detail: `No packaging item has the sku ${JSON.stringify(event.sku)}.`,
        event_id: event.event_id,
      })

    const known = await consultLedger(db.sql, decoded.filter(isKnown))
    const { fresh } = known
    const repeats = [...before, ...known.repeats]
    failures.push(...known.conflicts)

    const enriched = fresh.map((item) => enrich(item, catalogue.get(item.event.sku) ?? null))
    await db.history.write(
      EVENTS_TABLE,
      enriched.map((event, i) => historyRow(event, fresh[i]!.message)),
    )
    // The partition may belong to another member by now, which does the same again.
    signal.throwIfAborted()
    if (enriched.length > 0)
      await db.stream.produce(
        EVENTS_PROCESSED_TOPIC,
        enriched.map((event, i) => processedMessage(event, fresh[i]!.message)),
      )
    await markProcessed(
      db.sql,
      fresh.map(({ event }) => event.event_id),
      [...fresh, ...repeats].flatMap(({ message }) => letterReplayed(message.headers) ?? []),
    )
    const without_item = enriched.filter(({ packaging }) => packaging === null).length
    return { processed: fresh, failures, repeated: repeats.length, without_item }
  }

  /**
   * The last step: nothing after it can fail, so that a failed batch does not report its failures twice. None is told before all of
   * them were judged, and where the topic cannot be written, the batch comes again.
   */
  async function tell(messages: StoredMessage[], failures: Failure[], signal: AbortSignal): Promise<void> {
    // What was a dead letter before, and is sent again, says nothing of what comes now.
    const fresh = failures.filter(({ message }) => letterReplayed(message.headers) === undefined)
    const failed = new Set(fresh.map(({ message }) => message))
    const fine = messages.filter((message) => !failed.has(message)).map(sourceOf)
    const deaths = fresh.map(({ message, reason, detail, event_id }) => ({
      key: sourceOf(message),
      message_id: event_id ?? sourceOf(message),
      reason,
      detail,
    }))
    if (!(await breaker.mayDie({ partition: messages[0]!.partition, fine, deaths }, signal))) throw new StormError()
    if (failures.length === 0) return
    signal.throwIfAborted()
    const now = new Date()
    // In the order of the topic, whatever the reasons.
    const ordered = failures.toSorted((a, b) => a.message.offset - b.message.offset)
    await produceFailures(db.stream, ordered, { name: NAME, task: process.pid }, now)
  }

  return {
    name: NAME,
    topic: EVENTS_TOPIC,
    group: EVENTS_GROUP,
    from: 'earliest',
    max_batch: MAX_BATCH,
    storms: { breaker, sql: db.sql },
    async handle(messages, { log, signal, count }) {
      const { processed, failures, repeated, without_item } = await handleBatch(messages, signal)
      await tell(messages, failures, signal)
      const { partition } = messages[0]!
      log.info({ processed: processed.length, failed: failures.length, repeated, partition }, 'events handled')
      logFailures(log, failures)
      if (without_item > 0)
        log.warn({ events: without_item, partition }, 'events of skus that the catalogue does not have were passed on')
      count('processed', processed.length)
      count('repeated', repeated)
      count('without_item', without_item)
      for (const { reason } of failures) count(reason, 1)
    },
  }
}

type Enriched = ReturnType<typeof enrich>

function enrich({ event, message }: Candidate, packaging: PackagingFacts | null) {
  const { trace_id = event.event_id } = message.headers
  return { ...event, packaging, trace_id }
}

/** `written_at` is the time of the message, so that a replay never replaces a newer row. */
function historyRow(event: Enriched, message: StoredMessage): HistoryRow {
  const at = new Date(event.occurred_at)
  return { partition: event.sku, at, id: event.event_id, data: event, written_at: producedAt(message) }
}

/** It belongs to the trace of its event, whatever else was in the batch. */
function processedMessage(event: Enriched, { headers: { traceparent } }: StoredMessage) {
  const { sku, trace_id } = event
  const headers = {
    trace_id,
    [SCHEMA_VERSION]: SCHEMA_VERSIONS[0],
    ...(traceparent !== undefined && { traceparent }),
  }
  return { key: sku, value: new TextEncoder().encode(JSON.stringify(event)), headers }
}
