/** How far groups are, and what topics keep. */
import type { Sql } from 'postgres'
import type { PartitionLag, TopicPartition } from '../stream.ts'

/** Per partition of every topic that the group has read, and of `topics`. */
export async function groupLag(sql: Sql, group: string, topics: string[] = []): Promise<PartitionLag[]> {
  const rows = await sql<PartitionLag[]>`
    select topic, partition, committed, "end", "end" - committed as lag,
      case when committed < "end" then (
        select greatest(0, extract(epoch from clock_timestamp() - m.produced_at))::float8 from stream_messages m
        where m.topic = at.topic and m.partition = at.partition and m."offset" >= at.committed
        order by m."offset" limit 1
      ) else 0 end as waited_s,
      member
    from (
      select p.topic, p.partition, p.next_offset as "end", coalesce(o.next_offset, ${oldest(sql)}) as committed,
        case when o.lease_until > clock_timestamp() then o.member end as member
      from stream_partitions p left join stream_offsets o
        on o.topic = p.topic and o.partition = p.partition and o."group" = ${group}
      where p.topic in (select topic from stream_offsets where "group" = ${group}) or p.topic = any(${topics})
    ) at
    order by topic, partition`
  return [...rows]
}

export async function listStream(sql: Sql): Promise<{ topics: string[]; groups: string[] }> {
  const [row] = await sql<[{ topics: string[]; groups: string[] }]>`
    select array(select distinct topic from stream_partitions order by topic) as topics,
      array(select distinct "group" from stream_offsets order by "group") as groups`
  return row
}

export async function keptMessages(sql: Sql, topics: string[]): Promise<TopicPartition[]> {
  const rows = await sql<TopicPartition[]>`
    select p.topic, p.partition, ${oldest(sql)} as oldest, p.next_offset as "end"
    from stream_partitions p where p.topic = any(${topics}) order by p.topic, p.partition`
  return [...rows]
}

/** Of the partition `p`; the next to come where none is kept. */
const oldest = (sql: Sql) => sql`
  coalesce((select min(m."offset") from stream_messages m where m.topic = p.topic and m.partition = p.partition), p.next_offset)`
