/** Our side: events wait in the topic, and one consumer handles all of them. */
import { EVENTS_FAILED_TOPIC, EVENTS_GROUP, EVENTS_PROCESSED_TOPIC } from '../../../db/events/event.ts'
import { until } from '../../kit/program.ts'
import type { Pipeline, Place, Settings } from './place.ts'
import { produceEvents } from './work.ts'

/** Of the events, while whose handling the code is compiled. */
const WARM_UP = 0.25

/** Events a second, once it is warm. Throws where one is missing at the end of it. */
export function ourRate(place: Place, settings: Settings, count: number): Promise<number> {
  return place.withPipeline(settings, async (pipeline) => {
    const good = await produceEvents(pipeline.stream, count)
    const consumer = await pipeline.startConsumer()
    await untilHandled(place, pipeline, good)
    await consumer.stop()
    await check(place, pipeline, count, good)
    const [{ handled, seconds }] = await place.db.sql<[{ handled: number; seconds: number }]>`
      select count(*)::int as handled, extract(epoch from max(processed_at) - min(warm_at))::float8 as seconds
      from events_seen,
        (select percentile_disc(${WARM_UP}::float8) within group (order by processed_at) as warm_at from events_seen) warm
      where processed_at > warm_at`
    return (handled * count) / good / seconds
  })
}

/** Resolves when so many events have been passed on, and every offset is committed. */
export async function untilHandled({ db: { sql } }: Place, { stream }: Pipeline, events: number): Promise<void> {
  // Asking costs the engines time.
  const ask = async (question: () => Promise<boolean>) => (await question()) || (await Bun.sleep(200))
  const processed = async () => {
    const [row] = await sql<[{ count: number }]>`
      select count(*)::int as count from events_seen where processed_at is not null`
    return row.count >= events
  }
  await until('the last event', () => ask(processed), 300_000)
  const atEnd = async () => (await stream.lag(EVENTS_GROUP)).every(({ lag }) => lag === 0)
  await until('the last offset', () => ask(atEnd), 60_000)
}

/** By what the engines hold. */
async function check({ askHistory }: Place, { stream }: Pipeline, count: number, good: number): Promise<void> {
  const kept = async (topic: string) => (await stream.kept([topic])).reduce((sum, { end }) => sum + end, 0)
  const [row] = await askHistory('select count(*) from')
  const found = [await kept(EVENTS_PROCESSED_TOPIC), Number(row!.count), await kept(EVENTS_FAILED_TOPIC)]
  if (found.join() !== [good, good, count - good].join())
    throw new Error(`of ${count} events, ${good} good ones, processed, in history and failed were ${found.join(', ')}`)
}
