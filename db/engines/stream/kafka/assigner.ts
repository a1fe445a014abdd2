/**
 * Assigns partitions to members: fair shares, and a member that works on a partition keeps it, so that members may come
 * and go without a batch being handled twice. Each member reports what it holds when it joins; the group's leader deals.
 */
import { AssignerProtocol, type Assignment, type PartitionAssigner } from 'kafkajs'

/** A member's partitions, as it reports them to the others. */
export interface Holding {
  generation: number
  /** Has a batch of these in hand. */
  busy: number[]
  owned: number[]
}

interface Claim extends Holding {
  /** How many partitions its topic has: the leader may not read that topic. */
  partitions: number
}

export interface Member {
  id: string
  topic: string
  claim: Claim
}

/** kafkajs asks `holding` whenever the member joins again. */
export function createAssigner(holding: () => Holding): PartitionAssigner {
  const name = 'doca-keep-busy'
  const version = 0
  return ({ cluster }) => ({
    name,
    version,

    protocol({ topics }) {
      const partitions = cluster.findTopicPartitionMetadata(topics[0]!).length
      const claim: Claim = { ...holding(), partitions }
      const userData = Buffer.from(JSON.stringify(claim))
      return { name, metadata: AssignerProtocol.MemberMetadata.encode({ version, topics, userData }) }
    },

    async assign({ members }) {
      const claims = members.map(({ memberId, memberMetadata }): Member => {
        const { topics, userData } = AssignerProtocol.MemberMetadata.decode(memberMetadata)!
        return { id: memberId, topic: topics[0]!, claim: JSON.parse(userData.toString()) as Claim }
      })
      return Object.entries(dealPartitions(claims)).map(([memberId, assignment]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({ version, assignment, userData: Buffer.alloc(0) }),
      }))
    },
  })
}

/** Each topic among those who read it. */
export function dealPartitions(members: Member[]): Record<string, Assignment> {
  const dealt: Record<string, Assignment> = {}
  for (const [topic, readers] of Map.groupBy(members, (member) => member.topic))
    for (const [id, partitions] of dealTopic(readers)) dealt[id] = { [topic]: partitions }
  return dealt
}

function dealTopic(readers: Member[]): Map<string, number[]> {
  const count = Math.max(...readers.map(({ claim }) => claim.partitions))
  // Two may claim the same, one of them from memory: who joined a later generation knows better.
  const newestFirst = readers.toSorted((a, b) => b.claim.generation - a.claim.generation || (a.id < b.id ? -1 : 1))
  const holders = new Map<number, { id: string; busy: boolean }>()
  for (const { id, claim } of newestFirst)
    for (const partition of claim.owned)
      if (partition < count && !holders.has(partition))
        holders.set(partition, { id, busy: claim.busy.includes(partition) })

  const held = (id: string) => [...holders].filter(([, holder]) => holder.id === id)
  const mostFirst = newestFirst.toSorted((a, b) => held(b.id).length - held(a.id).length)
  const quota = (n: number) => Math.floor(count / readers.length) + Number(n < count % readers.length)
  const dealt = new Map<string, number[]>()
  mostFirst.forEach(({ id }, n) => {
    const busyFirst = held(id).toSorted(([, a], [, b]) => Number(b.busy) - Number(a.busy))
    dealt.set(
      id,
      busyFirst.slice(0, quota(n)).map(([partition]) => partition),
    )
  })
  const taken = new Set([...dealt.values()].flat())
  const free = Array.from({ length: count }, (_, partition) => partition).filter((partition) => !taken.has(partition))
  mostFirst.forEach(({ id }, n) => {
    const mine = dealt.get(id)!
    mine.push(...free.splice(0, quota(n) - mine.length))
    mine.sort((a, b) => a - b)
  })
  return dealt
}
