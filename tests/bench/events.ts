/**
 * Events from end to end on Kafka, Cassandra and PostgreSQL: consume, check, enrich, write to the history, produce, commit.
 *
 * - peer: how fast, through both clients of Kafka, and the same work by the Python program of ../shared/peers/pipeline, in turns.
 * - history: beside the driver of Cassandra, which only writes the same rows; concurrency: at several levels of HISTORY_URL.
 * - latency: how soon after produce an event has been handled, at half of the load.
 * - memory, memory-platformatic: whether the consumer's memory stays the same for ten minutes; only when they are asked for.
 */
import { andThen } from './roles/engines.ts'
import { concurrencyFigures, historyFigures } from './events/history.ts'
import { latencyFigures } from './events/latency.ts'
import { memoryFigures } from './events/memory.ts'
import { peerFigures } from './events/peer.ts'
import { openPlace, type Place } from './events/place.ts'
import type { Figure } from './main.ts'

const MEMORY_S = 600

const PARTS: Record<string, (place: Place, seconds: number | undefined) => Promise<Figure[]>> = {
  peer: peerFigures,
  history: historyFigures,
  concurrency: concurrencyFigures,
  latency: latencyFigures,
  memory: (place, seconds = MEMORY_S) => memoryFigures(place, 'kafkajs', seconds),
  'memory-platformatic': (place, seconds = MEMORY_S) => memoryFigures(place, 'platformatic', seconds),
}
export const parts = Object.keys(PARTS)

export async function bench(part?: string, seconds?: number): Promise<Figure[]> {
  const place = await openPlace()
  if (!place) return []
  const chosen = parts.filter((name) => (part === undefined ? !name.startsWith('memory') : name === part))
  return andThen(async () => {
    const figures: Figure[] = []
    for (const name of chosen) figures.push(...(await PARTS[name]!(place, seconds)))
    return figures
  }, place.close)
}
