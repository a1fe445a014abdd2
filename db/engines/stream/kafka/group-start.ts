/**
 * Where a group begins is decided once, and written down at once: a group that began at "latest" must not begin again
 * at a later "latest" because its first member left before it had read anything.
 */
import type { ConsumeOptions } from '../stream.ts'
import type { KafkaClient } from './client.ts'

export interface GroupStart {
  /** True when the partition is known to have an offset. */
  known(partition: number): boolean
  /** The offsets of `partitions`, and for those that have none the one to commit. */
  offsets(partitions: number[]): Promise<{
    committed: Map<number, number>
    missing: Array<{ partition: number; offset: string; at_end: boolean }>
  }>
}

/** Names with their prefix. Asks before the member joins, since a group is new that has no offset by then. */
export async function readGroupStart(
  { ask }: KafkaClient,
  { group, topic, from, existing }: { group: string; topic: string; from: ConsumeOptions['from']; existing: number },
): Promise<GroupStart> {
  const known = new Set<number>()
  const is_new = (await offsets()).size === 0

  async function offsets(): Promise<Map<number, number>> {
    const [found] = await ask((admin) => admin.fetchOffsets({ groupId: group, topics: [topic] }))
    const all = (found?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)] as const)
    return new Map(all.filter(([, offset]) => offset >= 0))
  }

  return {
    known: (partition) => known.has(partition),
    async offsets(partitions) {
      const committed = await offsets()
      for (const partition of committed.keys()) known.add(partition)
      const left = partitions.filter((partition) => !committed.has(partition))
      if (left.length === 0) return { committed, missing: [] }
      const ends = await ask((admin) => admin.fetchTopicOffsets(topic))
      const missing = ends
        .filter(({ partition }) => left.includes(partition))
        .map(({ partition, high, low }) => {
          // Everything in a partition that was added later is new to the group.
          const at_end = is_new && from === 'latest' && partition < existing
          return { partition, offset: at_end ? high : low, at_end }
        })
      return { committed, missing }
    },
  }
}
