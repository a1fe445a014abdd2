/** What became of all that was sent, by the topics, the history and the dead letters themselves. */
import type { Db } from '../../../db/engines/connect.ts'
import type { StoredMessage } from '../../../db/engines/stream/stream.ts'
import {
  EVENTS_FAILED_GROUP,
  EVENTS_FAILED_TOPIC,
  EVENTS_GROUP,
  EVENTS_PROCESSED_TOPIC,
  EVENTS_TOPIC,
  type StockEvent,
} from '../../../db/events/event.ts'
import { FAILED } from '../../../db/events/failed-message.ts'
import { EXPECTED } from './load.ts'

export interface StoredEvent {
  id: string
  data: Record<string, unknown>
}

/** Each figure but `messages` and `again` is to be 0. */
export async function checkAll(
  db: Db<'sql' | 'stream'>,
  rows: StoredEvent[],
  sent: { good: number; bad: number },
): Promise<Record<string, number>> {
  const good = new Map<string, StockEvent>()
  const bad = new Map<string, { reason: string; bytes: unknown }>()
  let messages = 0
  await readTopic(db, EVENTS_TOPIC, (message) => {
    messages++
    const reason = message.headers[EXPECTED]
    if (reason !== undefined) return void bad.set(placeOf(message), { reason, bytes: hashOf(message) })
    const event = eventIn(message)
    if (!good.has(event.event_id)) good.set(event.event_id, event)
  })

  const kept = new Map<string, number>()
  let changed = 0
  for (const { id, data } of rows) {
    kept.set(id, (kept.get(id) ?? 0) + 1)
    const event = good.get(id)
    if (event && !isWhole(event, data)) changed++
  }
  const counts = [...good.keys()].map((id) => kept.get(id) ?? 0)

  const passed_on = new Set<string>()
  const newest = new Map<string, number>()
  let [again, out_of_order, others_passed_on] = [0, 0, 0]
  await readTopic(db, EVENTS_PROCESSED_TOPIC, (message) => {
    const { event_id } = eventIn(message)
    const event = good.get(event_id)
    if (!event) return void others_passed_on++
    if (passed_on.has(event_id)) return void again++
    passed_on.add(event_id)
    const { n } = event.data as { n?: number }
    if (n === undefined) return
    if (n < (newest.get(event.sku) ?? -1)) out_of_order++
    newest.set(event.sku, n)
  })

  const told = new Map<string, number>()
  let [wrong_reason, good_failed] = [0, 0]
  await readTopic(db, EVENTS_FAILED_TOPIC, (message) => {
    const { headers } = message
    const place = failedAt(headers)
    told.set(place, (told.get(place) ?? 0) + 1)
    const wanted = bad.get(place)
    if (!wanted) good_failed++
    else if (headers[FAILED.reason] !== wanted.reason || hashOf(message) !== wanted.bytes) wrong_reason++
  })
  const letters = await db.sql<
    { headers: Record<string, string>; reason: string }[]
  >`select headers, reason from letters`
  const letters_of = Map.groupBy(letters, ({ headers }) => failedAt(headers))
  let letters_wrong = 0
  for (const [place, { reason }] of bad) {
    const [letter, ...more] = letters_of.get(place) ?? []
    if (letter?.reason !== reason || more.length > 0) letters_wrong++
  }
  const left = await Promise.all([EVENTS_GROUP, EVENTS_FAILED_GROUP].map((group) => db.stream.lag(group)))
  const [{ storms }] = await db.sql<[{ storms: number }]>`select count(reason)::int as storms from storms`
  return {
    messages,
    never_sent: Math.abs(sent.good - good.size) + Math.max(0, sent.bad - bad.size),
    lost: counts.filter((count) => count === 0).length,
    doubled: counts.filter((count) => count > 1).length,
    changed,
    others_kept: [...kept.keys()].filter((id) => !good.has(id)).length,
    not_passed_on: good.size - passed_on.size,
    others_passed_on,
    out_of_order,
    again,
    bad_lost: [...bad.keys()].filter((place) => !told.has(place)).length,
    wrong_reason,
    good_failed,
    letters_wrong,
    letters_of_good: [...letters_of.keys()].filter((place) => !bad.has(place)).length,
    unread: left.flat().reduce((sum, { lag }) => sum + lag, 0),
    storms,
  }
}

/** Every message that is there, those of a partition in their order. */
async function readTopic({ stream }: Db<'stream'>, topic: string, take: (message: StoredMessage) => void) {
  const group = `check-${crypto.randomUUID()}`
  const onBatch = async (messages: StoredMessage[]) => messages.forEach(take)
  const consumer = await stream.consume({ group, topic, from: 'earliest', onBatch })
  while ((await stream.lag(group, [topic])).some(({ lag }) => lag > 0)) await Bun.sleep(100)
  await consumer.stop()
}

/** Of key and value; null for a tombstone. */
const hashOf = ({ key, value }: StoredMessage) => value && Bun.hash(`${String(key)} ${Bun.hash(value)}`)

const eventIn = ({ value }: StoredMessage) => JSON.parse(new TextDecoder().decode(value!)) as StockEvent

/** With what the catalogue knows of its item. */
function isWhole(event: StockEvent, { packaging, trace_id, ...data }: Record<string, unknown>): boolean {
  const known = packaging as { sku?: string } | null
  return known?.sku === event.sku && typeof trace_id === 'string' && Bun.deepEquals(data, event)
}

const placeOf = ({ topic, partition, offset }: Pick<StoredMessage, 'topic' | 'partition' | 'offset'>) =>
  `${topic}/${partition}/${offset}`

const failedAt = (headers: Record<string, string>) =>
  [FAILED.topic, FAILED.partition, FAILED.offset].map((name) => headers[name]).join('/')
