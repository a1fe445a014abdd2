/**
 * The tables stream_members and stream_offsets: who reads which partition, and how far a group is.
 *
 * There is no coordinator. Each member computes its own fair share from the live members and takes or gives back
 * partitions one row at a time; the row's lock decides who has it. Members that see different counts for a moment
 * only share unevenly for that moment. `epoch` grows whenever a partition changes hands, and a commit names it, so
 * that a member which lost a partition without noticing cannot move the group's offset.
 */
import type { ISql, Sql } from 'postgres'

/** Payload: the group, a space, the topic. */
export const GROUPS_CHANNEL = 'doca_stream_groups'

export interface Member {
  group: string
  topic: string
  /** UUIDv7: of the members, the older ones get the odd partition, so that who joins moves little. */
  member: string
  lease_ms: number
}

export interface Claim {
  partition: number
  epoch: number
}

export interface Membership {
  /** How many partitions this member should have now. */
  quota: number
  /** The partitions it has, each with the offset that its next message will get. */
  held: Array<Claim & { end: number }>
  /** The topic has partitions that the group has not seen. */
  unseen: boolean
  /** When the first of the other members' leases ends unless it is renewed; null without other members. */
  next_expiry_ms: number | null
}

/** Decides where the group starts in every partition it has not seen; those added later are read from their beginning. */
export async function startGroup(sql: Sql, { group, topic }: Member, from: 'earliest' | 'latest'): Promise<void> {
  await sql`
    with known as (select exists (select from stream_offsets where "group" = ${group} and topic = ${topic}) as yes)
    insert into stream_offsets ("group", topic, partition, next_offset)
    select ${group}, topic, partition,
      case when ${from === 'latest'} and not known.yes then next_offset
        else coalesce((select min(m."offset") from stream_messages m
          where m.topic = p.topic and m.partition = p.partition), next_offset) end
    from stream_partitions p, known
    where topic = ${topic}
    order by partition
    on conflict do nothing`
}

/**
 * Renews the member's leases and takes free partitions up to its share. With `joined` false it only renews what it
 * has: a member that is leaving but still has a batch running.
 */
export async function renewMembership(sql: Sql, member: Member, joined: boolean): Promise<Membership> {
  const { group, topic, member: me, lease_ms } = member
  const [row] = await sql<[Membership]>`
    with me as (
      insert into stream_members ("group", topic, member, lease_until)
      select ${group}, ${topic}, ${me}, clock_timestamp() + ${lease_ms}::float8 * interval '1 ms' where ${joined}
      on conflict ("group", topic, member) do update set lease_until = excluded.lease_until
    ),
    others as (
      select member, lease_until from stream_members
      where "group" = ${group} and topic = ${topic} and member <> ${me} and lease_until > clock_timestamp()
    ),
    counts as (
      select (select count(*) from stream_offsets where "group" = ${group} and topic = ${topic}) as partitions,
        (select count(*) from stream_partitions where topic = ${topic}) as existing,
        (select count(*) + 1 from others) as members,
        (select count(*) from others where member < ${me}) as older
    ),
    share as (
      select case when ${joined} then partitions / members + (older < partitions % members)::int else 0 end as quota
      from counts
    ),
    -- In order of partition, so that two members never wait for each other in a circle.
    available as (
      select partition, member is not distinct from ${me} as mine from stream_offsets
      where "group" = ${group} and topic = ${topic}
        and (member = ${me} or member is null or lease_until < clock_timestamp())
      order by partition for update
    ),
    taken as (
      select partition from available where not mine order by partition
      limit (select greatest(0, quota - (select count(*) from available where mine)) from share)
    ),
    held as (
      update stream_offsets o
      set member = ${me}, lease_until = clock_timestamp() + ${lease_ms}::float8 * interval '1 ms',
        epoch = o.epoch + (not a.mine)::int
      from available a
      where o."group" = ${group} and o.topic = ${topic} and o.partition = a.partition
        and (a.mine or a.partition in (select partition from taken))
      returning o.partition, o.epoch
    )
    select share.quota::int as quota, counts.existing > counts.partitions as unseen,
      (select coalesce(json_agg(json_build_object('partition', partition, 'epoch', epoch, 'end', p.next_offset)), '[]')
        from held join stream_partitions p using (partition) where p.topic = ${topic}) as held,
      (select extract(epoch from min(lease_until) - clock_timestamp())::float8 * 1000 from others) as next_expiry_ms
    from share, counts`
  return row!
}

/** Where the claim's reader goes on, or undefined when the partition is no longer the member's. */
export async function committedOffset(sql: Sql, member: Member, claim: Claim): Promise<number | undefined> {
  const [row] = await sql<{ next_offset: number }[]>`
    select next_offset from stream_offsets where ${ownedBy(sql, member, claim)}`
  return row?.next_offset
}

/** Moves the group's offset; false when the partition is no longer the member's. */
export async function commitOffset(sql: Sql, member: Member, claim: Claim, next_offset: number): Promise<boolean> {
  const { count } = await sql`
    update stream_offsets set next_offset = ${next_offset} where ${ownedBy(sql, member, claim)}`
  return count === 1
}

/** Gives the partition back, if it is still the member's, and wakes the others to take it. */
export async function releasePartition(sql: Sql, member: Member, claim: Claim): Promise<void> {
  await sql`
    with freed as (
      update stream_offsets set member = null, lease_until = null where ${ownedBy(sql, member, claim)} returning 1
    )
    select pg_notify(${GROUPS_CHANNEL}, ${channelPayload(member)}) from freed`
}

/** Tells the others that a member has come. */
export async function announceMember(sql: Sql, member: Member): Promise<void> {
  await sql`select pg_notify(${GROUPS_CHANNEL}, ${channelPayload(member)})`
}

/** Leaves the group and gives back every partition but those in `busy`; clears away members that are long gone, too. */
export async function leaveGroup(sql: Sql, member: Member, busy: number[]): Promise<void> {
  const { group, topic, member: me } = member
  await sql`
    with gone as (
      delete from stream_members where ("group", topic, member) in (
        select "group", topic, member from stream_members
        where "group" = ${group} and topic = ${topic}
          and (member = ${me} or lease_until < clock_timestamp() - interval '1 hour')
        order by member for update skip locked
      )
    ),
    mine as (
      select partition from stream_offsets
      where "group" = ${group} and topic = ${topic} and member = ${me} and partition <> all(${busy}::int[])
      order by partition for update
    ),
    freed as (
      update stream_offsets o set member = null, lease_until = null from mine
      where o."group" = ${group} and o.topic = ${topic} and o.partition = mine.partition
    )
    select pg_notify(${GROUPS_CHANNEL}, ${channelPayload(member)})`
}

/** Whether it did: not while a member lives. A member that is just coming is seen here, or begins before this or after it. */
export function forgetGroup(sql: Sql, group: string): Promise<boolean> {
  return sql.begin(async (tx) => {
    await tx`select 1 from stream_offsets where "group" = ${group} order by topic, partition for update`
    const [row] = await tx<[{ alive: boolean }]>`
      select exists (
        select from stream_members where "group" = ${group} and lease_until > clock_timestamp()
        union all select from stream_offsets where "group" = ${group} and member is not null and lease_until > clock_timestamp()
      ) as alive`
    if (!row.alive) await tx`delete from stream_offsets where "group" = ${group}`
    return !row.alive
  })
}

export const channelPayload = ({ group, topic }: Member) => `${group} ${topic}`

function ownedBy(sql: Sql, { group, topic, member }: Member, { partition, epoch }: Claim) {
  return sql`"group" = ${group} and topic = ${topic} and partition = ${partition}
    and member = ${member} and epoch = ${epoch}`
}

/** After the database's clock has gone back: no dead member keeps its partitions until it is that late again. */
export async function withdrawAheadMembers(sql: ISql, longest_s: number): Promise<void> {
  const latest = sql`now() + make_interval(secs => ${longest_s})`
  await sql`update stream_members set lease_until = ${latest} where lease_until > ${latest}`
  await sql`update stream_offsets set lease_until = ${latest} where lease_until > ${latest}`
}
