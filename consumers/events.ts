/**
 * Stock events: decode, validate, enrich from the catalogue, write to the history, produce to `events.processed`.
 *
 * An event that can never succeed goes to `events.failed` with its original bytes and the reason. When an engine is away the
 * batch fails, and comes again. Any step may be repeated after a crash: the history is upserted, and the ledger knows by its
 * id which event was produced. Only a crash right between producing and recording it makes a second message in
 * `events.processed`; its readers go by event_id.
 */
import { markProcessed } from '../db/events/ledger.ts'
import type { HistoryRow } from '../db/engines/history/history.ts'
import { packagingBySku, type PackagingFacts } from '../db/packaging/packaging.ts'
import { EVENTS_FAILED_TOPIC, EVENTS_GROUP, EVENTS_PROCESSED_TOPIC, EVENTS_TOPIC } from '../db/events/event.ts'
import { EVENTS_TABLE } from '../db/events/history.ts'
import type { StoredMessage } from '../db/engines/stream/stream.ts'
import { messageOf } from '../lib/errors.ts'
import { decodeEvent } from './events/decode.ts'
import { failedMessage, logFailures, type Failure } from './events/failed.ts'
import { consultLedger, type Candidate } from './events/ledger.ts'
import type { ConsumerDb, StreamDefinition } from './run-stream.ts'

export const events: StreamDefinition = {
  name: 'events',
  topic: EVENTS_TOPIC,
  group: EVENTS_GROUP,
  from: 'earliest',
  async handle(messages, { db, log, signal, count }) {
    const { processed, failures, repeated } = await handleBatch(db, messages, signal)
    const { partition } = messages[0]!
    log.info({ processed, failed: failures.length, repeated, partition }, 'events handled')
    logFailures(log, failures)
    count('processed', processed)
    count('repeated', repeated)
    for (const { reason } of failures) count(reason, 1)
  },
}

interface Outcome {
  processed: number
  failures: Failure[]
  /** Known already, with the same content. */
  repeated: number
}

async function handleBatch(db: ConsumerDb, messages: StoredMessage[], signal: AbortSignal): Promise<Outcome> {
  try {
    return await process(db, messages, signal)
  } catch (thrown) {
    if (!isAboutData(thrown)) throw thrown
    // A message that an engine refuses must not hold up its partition: find it.
    if (messages.length === 1) {
      const failures: Failure[] = [{ message: messages[0]!, reason: 'unstorable', detail: messageOf(thrown) }]
      await produceFailures(db, failures)
      return { processed: 0, failures, repeated: 0 }
    }
    const outcomes: Outcome[] = []
    for (const message of messages) outcomes.push(await handleBatch(db, [message], signal))
    return {
      processed: outcomes.reduce((sum, { processed }) => sum + processed, 0),
      failures: outcomes.flatMap(({ failures }) => failures),
      repeated: outcomes.reduce((sum, { repeated }) => sum + repeated, 0),
    }
  }
}

async function process(db: ConsumerDb, messages: StoredMessage[], signal: AbortSignal): Promise<Outcome> {
  signal.throwIfAborted()
  const failures: Failure[] = []
  const decoded: Candidate[] = []
  for (const message of messages) {
    const result = decodeEvent(message)
    if ('reason' in result) failures.push({ message, ...result })
    else decoded.push({ message, ...result })
  }

  const catalogue = await packagingBySku(db.sql, [...new Set(decoded.map(({ event }) => event.sku))])
  const known: Candidate[] = []
  for (const item of decoded) {
    const { sku } = item.event
    if (catalogue.has(sku)) known.push(item)
    else failures.push({ message: item.message, reason: 'unknown_sku', detail: `No packaging item has sku ${sku}.` })
  }

  const { fresh, conflicts, repeated } = await consultLedger(db.sql, known)
  failures.push(...conflicts)

  const enriched = fresh.map((item) => enrich(item, catalogue.get(item.event.sku)!))
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
  )
  await produceFailures(db, failures)
  return { processed: fresh.length, failures, repeated }
}

/** The last step: nothing after it can fail, so that a failed batch does not report its failures twice. */
async function produceFailures(db: ConsumerDb, failures: Failure[]): Promise<void> {
  if (failures.length === 0) return
  const now = new Date()
  // In the order of the topic, whatever the reasons.
  const ordered = failures.toSorted((a, b) => a.message.offset - b.message.offset)
  await db.stream.produce(
    EVENTS_FAILED_TOPIC,
    ordered.map((failure) => failedMessage(failure, now)),
  )
}

type Enriched = ReturnType<typeof enrich>

function enrich({ event, message }: Candidate, packaging: PackagingFacts) {
  const { trace_id = event.event_id } = message.headers
  return { ...event, packaging, trace_id }
}

/** `written_at` is the time of the message, so that a replay never replaces a newer row. */
function historyRow(event: Enriched, { produced_at }: StoredMessage): HistoryRow {
  const at = new Date(event.occurred_at)
  return { partition: event.sku, at, id: event.event_id, data: event, written_at: produced_at }
}

/** It belongs to the trace of its event, whatever else was in the batch. */
function processedMessage(event: Enriched, { headers: { traceparent } }: StoredMessage) {
  const { sku, trace_id } = event
  const headers = { trace_id, ...(traceparent !== undefined && { traceparent }) }
  return { key: sku, value: new TextEncoder().encode(JSON.stringify(event)), headers }
}

/** Whether the engine is well and refuses the value: SQLSTATE class 22 (data exception) or 54 (limit exceeded), or a role's own code. */
function isAboutData(thrown: unknown): boolean {
  return /^(22...|54...|history_refused)$/.test((thrown as { code?: string }).code ?? '')
}
