/** How soon an event has been handled, while they come at a half, and at a quarter, of the rate that one consumer handles. */
import { STREAM_CLIENTS } from '../../../db/engines/stream/kafka/url.ts'
import type { Figure } from '../main.ts'
import { quantile } from '../roles/timing.ts'
import { ourRate, untilHandled } from './ours.ts'
import type { Place } from './place.ts'
import { EVERY_MS, produceAtRate } from './work.ts'

const EVENTS = 30_000
const SECONDS = 30
/** Of them, in which the consumer's code is compiled. */
const WARM_UP_S = 5
const QUANTILES = { p50: 0.5, p99: 0.99, most: 1 }
const LOADS = { half: 2, 'a quarter': 4 }

export async function latencyFigures(place: Place): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const client of STREAM_CLIENTS) {
    const most_per_second = await ourRate(place, { client }, EVENTS)
    for (const [load, divisor] of Object.entries(LOADS)) {
      const per_second = Math.round(most_per_second / divisor)
      const sent = await place.withPipeline({ client }, async (pipeline) => {
        const consumer = await pipeline.startConsumer()
        const sent = await produceAtRate(pipeline.stream, per_second, SECONDS)
        await untilHandled(place, pipeline, sent)
        await consumer.stop()
        return sent
      })
      const late_ms = await delays(place)
      const work =
        `${sent} events, ${per_second} a second, ${load} of what one consumer handles here, produced every ${EVERY_MS} ms; from before ` +
        `produce until the event is in the history and in events.processed; without the first ${WARM_UP_S} s`
      for (const [name, share] of Object.entries(QUANTILES))
        figures.push({
          figure: `events through ${client}, produce to history at ${load} load, ${name}`,
          value: Math.round(quantile(late_ms, share)),
          unit: 'ms',
          target: load === 'half' && name === 'p99' ? '< 250' : '',
          work,
        })
    }
  }
  return figures
}

/** By the ledger; an event's id says when it was made. */
async function delays({ db: { sql } }: Place): Promise<number[]> {
  const rows = await sql<{ event_id: string; processed_at: Date }[]>`select event_id, processed_at from events_seen`
  const events = rows.map(({ event_id, processed_at }) => {
    const made_at = Number.parseInt(event_id.replaceAll('-', '').slice(0, 12), 16)
    return { made_at, late_ms: processed_at.getTime() - made_at }
  })
  const begun_at = events.reduce((first, { made_at }) => Math.min(first, made_at), Infinity)
  return events.filter(({ made_at }) => made_at > begun_at + WARM_UP_S * 1000).map(({ late_ms }) => late_ms)
}
