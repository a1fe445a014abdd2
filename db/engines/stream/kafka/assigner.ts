/**
 * Assigns partitions to members: fair shares, and a member that works on a partition keeps it, so that members may come
 * and go without a batch being handled twice. Each member reports what it holds when it joins; the group's leader deals.
 * Both drivers speak this protocol, in JSON, so that one group may have members of both.
 */

export const PROTOCOL = { name: 'doca-keep-busy', version: 0 }

/** A member's partitions, as it reports them to the others. */
export interface Holding {
  generation: number
  /** Has a batch of these in hand. */
  busy: number[]
  owned: number[]
}

export interface Claim extends Holding {
  /** How many partitions its topic has: the leader may not read that topic. */
  partitions: number
}

export interface Member {
  id: string
  topic: string
  claim: Claim
}

/** Each topic among those who read it. */
export function dealPartitions(members: Member[]): Record<string, Record<string, number[]>> {
  const dealt: Record<string, Record<string, number[]>> = {}
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
