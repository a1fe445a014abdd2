/** How far behind our groups are. */
import { GROUPS } from './groups.ts'
import type { PartitionLag, Stream } from '../engines/stream/stream.ts'

export interface GroupLag extends PartitionLag {
  group: string
}

/** Of a topic that a group reads. */
export interface TopicLag {
  group: string
  topic: string
  /** None: the topic is not there. */
  partitions: GroupLag[]
  /** How many read it, of those that have a partition. */
  members: number
  lag: number
  /** Of the oldest message that is not finished, of the partitions where that is known; null: of none. */
  waited_s: number | null
}

/** Of each group what it is known to read, and what else it has an offset in. */
export async function readLags(
  stream: Pick<Stream, 'lag'>,
  groups: ReadonlyArray<{ group: string; topics: string[] }> = GROUPS,
): Promise<TopicLag[]> {
  const found = groups.map(async ({ group, topics }) => {
    const partitions = (await stream.lag(group, topics)).map((one) => ({ ...one, group }))
    const read = new Set([...topics, ...partitions.map(({ topic }) => topic)])
    return [...read].map((topic) => topicLag(group, topic, partitions))
  })
  return (await Promise.all(found)).flat()
}

function topicLag(group: string, topic: string, all: GroupLag[]): TopicLag {
  const partitions = all.filter((one) => one.topic === topic)
  const waiting = partitions.filter(({ lag }) => lag > 0)
  const known = waiting.flatMap(({ waited_s }) => waited_s ?? [])
  return {
    group,
    topic,
    partitions,
    members: new Set(partitions.flatMap(({ member }) => member ?? [])).size,
    lag: partitions.reduce((sum, { lag }) => sum + lag, 0),
    // One that is known and long is long, whatever the others are.
    waited_s: known.length === 0 && waiting.length > 0 ? null : Math.max(0, ...known),
  }
}

/** Whether a message may have waited for longer than is known. */
export const mayWaitLonger = ({ partitions }: Pick<TopicLag, 'partitions'>): boolean =>
  partitions.some(({ lag, waited_s }) => lag > 0 && waited_s === null)

/** In the figures that the probe keeps. */
export const nameOf = ({ group, topic, partition }: Pick<GroupLag, 'group' | 'topic' | 'partition'>): string =>
  `${group} ${topic}/${partition}`
