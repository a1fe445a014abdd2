/** How far groups are, and what topics keep. Names of Kafka have the prefix, names of ours do not. */
import { AssignerProtocol } from 'kafkajs'
import type { PartitionLag, TopicPartition } from '../stream.ts'
import { kafkaError, type KafkaClient } from './client.ts'
import { producedAt } from './produced-at.ts'

/** Per partition of every topic that the group has read, and of `topics`; of topics that exist and are ours by their prefix. */
export function groupLag(client: KafkaClient, group: string, topics: string[] = []): Promise<PartitionLag[]> {
  return whileTopicsGo(async () => {
    const { ask, settings } = client
    const groupId = settings.prefix + group
    const read = await ask((admin) => admin.fetchOffsets({ groupId }))
    const wanted = new Set([
      ...read.map(({ topic }) => topic).filter((topic) => topic.startsWith(settings.prefix)),
      ...topics.map((topic) => settings.prefix + topic),
    ])
    if (wanted.size === 0) return []
    const [kept, members] = await Promise.all([partitionsOf(client, [...wanted]), membersOf(client, groupId)])
    const lags = kept.map(({ topic, partition, oldest, end }): PartitionLag => {
      const partitions = read.find((one) => one.topic === settings.prefix + topic)?.partitions
      const offset = Number(partitions?.find((one) => one.partition === partition)?.offset ?? -1)
      const committed = offset < 0 ? oldest : offset
      const lag = Math.max(0, end - committed)
      const member = members.get(`${settings.prefix + topic}/${partition}`) ?? null
      return { topic, partition, committed, end, lag, waited_s: lag === 0 ? 0 : null, member }
    })
    await tellHowLong(client, lags, kept)
    return lags
  })
}

/** Every one that is ours by its prefix; Kafka's own begin with two underscores. */
export function listStream({
  ask,
  settings: { prefix },
}: KafkaClient): Promise<{ topics: string[]; groups: string[] }> {
  const ours = (names: string[]) =>
    names
      .filter((name) => name.startsWith(prefix) && !name.startsWith('__'))
      .map((name) => name.slice(prefix.length))
      .toSorted()
  return whileTopicsGo(async () => {
    const topics = await ask((admin) => admin.listTopics())
    const { groups } = await ask((admin) => admin.listGroups())
    return { topics: ours(topics), groups: ours(groups.map(({ groupId }) => groupId)) }
  })
}

export const keptMessages = (client: KafkaClient, topics: string[]): Promise<TopicPartition[]> =>
  whileTopicsGo(() =>
    partitionsOf(
      client,
      topics.map((topic) => client.settings.prefix + topic),
    ),
  )

/** Of those of `topics` that exist. kafkajs must not be asked for one that is gone: its admin then fails for all others. */
async function partitionsOf({ ask, settings: { prefix } }: KafkaClient, topics: string[]): Promise<TopicPartition[]> {
  const existing = new Set(await ask((admin) => admin.listTopics()))
  const found = topics
    .filter((topic) => existing.has(topic))
    .toSorted()
    .map(async (topic) => {
      const ends = await ask((admin) => admin.fetchTopicOffsets(topic))
      return ends
        .toSorted((a, b) => a.partition - b.partition)
        .map(({ partition, high, low }) => {
          return { topic: topic.slice(prefix.length), partition, oldest: Number(low), end: Number(high) }
        })
    })
  return (await Promise.all(found)).flat()
}

/** Which member has each partition (`topic/partition`); none while the group is dealt anew. */
async function membersOf({ ask }: KafkaClient, groupId: string): Promise<Map<string, string>> {
  const { groups } = await ask((admin) => admin.describeGroups([groupId]))
  const members = new Map<string, string>()
  for (const { memberId, memberAssignment } of groups[0]?.members ?? []) {
    if (memberAssignment.byteLength === 0) continue
    const decoded = AssignerProtocol.MemberAssignment.decode(memberAssignment)
    for (const [topic, partitions] of Object.entries<number[]>(decoded?.assignment ?? {}))
      for (const partition of partitions) members.set(`${topic}/${partition}`, memberId)
  }
  return members
}

/** Sets waited_s, by the time of the message that the group reads next; where Kafka no longer has it, of the oldest it has. */
async function tellHowLong(client: KafkaClient, lags: PartitionLag[], kept: TopicPartition[]): Promise<void> {
  const waiting = lags.flatMap((one, n) =>
    one.lag === 0 ? [] : [{ one, from: Math.max(one.committed, kept[n]!.oldest) }],
  )
  if (waiting.length === 0) return
  const { prefix } = client.settings
  const times = await producedAt(
    client,
    waiting.map(({ one, from }) => ({ topic: prefix + one.topic, partition: one.partition, offset: from })),
  )
  for (const [n, { one }] of waiting.entries()) {
    const at_ms = times[n]
    if (at_ms != null) one.waited_s = Math.max(0, (Date.now() - at_ms) / 1000)
  }
}

/** kafkajs asks for every topic that it was ever asked for: once one is gone, one answer fails, and the next has a new admin. */
async function whileTopicsGo<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question()
  } catch (err) {
    if (kafkaError(err) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw err
    return question()
  }
}
