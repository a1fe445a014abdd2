/**
 * The tables stream_partitions and stream_messages.
 *
 * A producer takes offsets while it holds the partition's row, until its commit; so offsets become visible in their
 * order, without gaps, and a reader never passes one by.
 */
import { AppError } from '../../../../lib/errors.ts'
import type { Sql } from 'postgres'
import { bytesArray } from '../../postgres/bytes-array.ts'
import { keyOf } from '../key.ts'
import type { StoredMessage } from '../stream.ts'

/** Payload: the topic, a space, and the partitions that grew, with commas. */
export const MESSAGES_CHANNEL = 'doca_stream'

/** A batch larger than this ends early, so that a few large messages do not fill the memory. */
const MAX_BATCH_BYTES = 8 * 1024 * 1024

export interface PartitionedMessage {
  partition: number
  key: Uint8Array | null
  value: Uint8Array | null
  /** JSON text. */
  headers: string
}

/** Creates the topic, or raises its partitions, so that it has at least `partitions`; returns how many it has. */
export async function ensureTopic(sql: Sql, topic: string, partitions: number): Promise<number> {
  await sql`
    insert into stream_partitions (topic, partition)
    select ${topic}, n from generate_series(0, ${partitions}::int - 1) n
    on conflict do nothing`
  const [row] = await sql<{ partitions: number }[]>`
    select count(*)::int as partitions from stream_partitions where topic = ${topic}`
  return row!.partitions
}

/** Appends the messages and wakes their readers, in one transaction. */
export async function appendMessages(sql: Sql, topic: string, messages: PartitionedMessage[]): Promise<void> {
  const partitions = [...new Set(messages.map(({ partition }) => partition))].toSorted((a, b) => a - b)
  const [row] = await sql<{ stored: number }[]>`
    with batch as (
      select * from unnest(
        ${messages.map((m) => m.partition)}::int[],
        ${bytesArray(messages.map((m) => m.key))}::bytea[],
        ${bytesArray(messages.map((m) => m.value))}::bytea[],
        ${messages.map((m) => m.headers)}::text[]
      ) with ordinality as b (partition, key, value, headers, n)
    ),
    counts as (select partition, count(*) as messages from batch group by partition),
    -- In order of partition, so that two producers never wait for each other in a circle.
    held as (
      select partition, next_offset from stream_partitions
      where topic = ${topic} and partition = any(${partitions}::int[])
      order by partition for update
    ),
    moved as (
      update stream_partitions p set next_offset = p.next_offset + counts.messages
      from held join counts using (partition)
      where p.topic = ${topic} and p.partition = held.partition
    ),
    stored as (
      insert into stream_messages (topic, partition, "offset", key, value, headers)
      select ${topic}, partition, held.next_offset + row_number() over (partition by partition order by batch.n) - 1,
        batch.key, batch.value, batch.headers::json
      from batch join held using (partition)
      returning 1
    )
    select (select count(*) from stored)::int as stored,
      pg_notify(${MESSAGES_CHANNEL}, ${`${topic} ${partitions.join(',')}`})`
  if (row!.stored !== messages.length)
    throw new AppError('internal', 'stream_unavailable', {
      en: `Topic ${topic} has lost a partition: ${row!.stored} of ${messages.length} messages were stored.`,
      pt: `O tópico ${topic} perdeu uma partição: ${row!.stored} de ${messages.length} mensagens foram gravadas.`,
    })
}

/** Up to `max` messages of a partition from offset `from` on; `full` when there may be more right behind them. */
export async function readMessages(
  sql: Sql,
  { topic, partition, from, max }: { topic: string; partition: number; from: number; max: number },
): Promise<{ messages: StoredMessage[]; full: boolean }> {
  const rows = await sql<(Omit<StoredMessage, 'topic' | 'partition' | 'key'> & { key: Uint8Array | null })[]>`
    select "offset", key, value, headers, produced_at
    from (
      select *, sum(coalesce(octet_length(value), 0)) over (order by "offset") - coalesce(octet_length(value), 0) as bytes_before
      from (
        select * from stream_messages
        where topic = ${topic} and partition = ${partition} and "offset" >= ${from}
        order by "offset" limit ${max}
      ) candidates
    ) sized
    where bytes_before < ${MAX_BATCH_BYTES}
    order by "offset"`
  const messages = rows.map((row) => ({ topic, partition, ...row, key: keyOf(row.key) }))
  const bytes = messages.reduce((sum, { value }) => sum + (value?.byteLength ?? 0), 0)
  return { messages, full: messages.length === max || bytes >= MAX_BATCH_BYTES }
}

/** Deletes messages older than `older_than_s` that no group still has before it, up to 10,000 a partition; returns how many. */
export async function deleteFinishedMessages(sql: Sql, older_than_s: number): Promise<number> {
  const deleted = await sql`
    with finished as (
      select p.topic, p.partition, coalesce(min(o.next_offset), p.next_offset) as below
      from stream_partitions p left join stream_offsets o using (topic, partition)
      group by p.topic, p.partition
    ),
    old as (
      select f.topic, f.partition, oldest."offset"
      from finished f cross join lateral (
        select m."offset", m.produced_at from stream_messages m
        where m.topic = f.topic and m.partition = f.partition and m."offset" < f.below
        order by m."offset" limit 10000
      ) oldest
      where oldest.produced_at < now() - make_interval(secs => ${older_than_s})
    )
    delete from stream_messages m using old
    where m.topic = old.topic and m.partition = old.partition and m."offset" = old."offset"`
  return deleted.count
}
