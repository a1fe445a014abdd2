/** Whether the consumer's memory stays the same, while events come at half of the rate that it handles. */
import type { StreamClient } from '../../../db/engines/stream/kafka/url.ts'
import { memoryOf, type PeakMemory } from '../etl/peak-memory.ts'
import type { Figure } from '../main.ts'
import { median } from '../roles/timing.ts'
import { ourRate, untilHandled } from './ours.ts'
import type { Place } from './place.ts'
import { produceAtRate } from './work.ts'

const EVENTS = 30_000
const LOOK_EVERY_MS = 10_000
/** Parts of the time; the first, in which caches fill and code is compiled, does not count. */
const PARTS = 10

export async function memoryFigures(place: Place, client: StreamClient, seconds: number): Promise<Figure[]> {
  const per_second = Math.round((await ourRate(place, { client }, EVENTS)) / 2)
  const looks: PeakMemory[] = []
  const sent = await place.withPipeline({ client }, async (pipeline) => {
    const consumer = await pipeline.startConsumer()
    const look = async () => {
      const memory = await memoryOf(consumer.pid)
      looks.push(memory)
      process.stderr.write(`RSS ${Math.round(memory.rss_mib)}, PSS ${Math.round(memory.pss_mib)} MiB\n`)
    }
    const timer = setInterval(() => void look(), LOOK_EVERY_MS)
    const sent = await produceAtRate(pipeline.stream, per_second, seconds)
    clearInterval(timer)
    await untilHandled(place, pipeline, sent)
    await consumer.stop()
    return sent
  })
  const work =
    `${sent} events in ${seconds} s, ${per_second} a second, half of what one consumer handles here; from the second tenth of the time ` +
    `to the last, medians of looks every ${LOOK_EVERY_MS / 1000} s`
  return (['rss_mib', 'pss_mib'] as const).map((kind) => {
    const sizes = looks.map((memory) => memory[kind])
    const part = Math.max(1, Math.floor(sizes.length / PARTS))
    const [early, late] = [median(sizes.slice(part, 2 * part)), median(sizes.slice(-part))]
    const seen = [early, late, Math.max(...sizes)].map(Math.round)
    return {
      figure: `events through ${client}, ${kind.slice(0, 3).toUpperCase()} grows`,
      value: Math.round((late / early - 1) * 1000) / 10,
      unit: '%',
      target: '<= 10',
      work: `${work}: ${seen[0]} and ${seen[1]} MiB, at most ${seen[2]}`,
    }
  })
}
