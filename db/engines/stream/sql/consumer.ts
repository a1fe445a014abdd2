/**
 * One member of a consumer group. A single loop renews its leases, learns its fair share and opens or closes a
 * reader per partition; it runs every third of a lease, and at once when NOTIFY says that a member came or went.
 */
import type { Sql } from 'postgres'
import type { Log } from '../../../../lib/log.ts'
import { createNotify } from '../../../../lib/notify.ts'
import { listen } from '../../postgres/listen.ts'
import { createRetry, withDeadline } from '../../../../lib/retry.ts'
import type { ConsumeOptions, StreamConsumer } from '../stream.ts'
import {
  announceMember,
  channelPayload,
  GROUPS_CHANNEL,
  leaveGroup,
  renewMembership,
  startGroup,
  type Member,
  type Membership,
} from './groups.ts'
import { MESSAGES_CHANNEL } from './messages.ts'
import { readPartition, type PartitionReader } from './partition-reader.ts'

export interface ConsumerSettings {
  lease_ms: number
  /** How long stop() lets a running batch go on before its signal aborts. */
  stop_grace_ms: number
}

/**
 * Joins the group; resolves when the member has taken its first share of the partitions. The topic exists.
 * `sql` listens, `bookkeeping` does everything else.
 */
export async function startConsumer(
  { sql, bookkeeping }: { sql: Sql; bookkeeping: Sql },
  log: Log,
  { lease_ms, stop_grace_ms }: ConsumerSettings,
  options: ConsumeOptions,
): Promise<StreamConsumer> {
  const { group, topic, from } = options
  const member: Member = { group, topic, member: Bun.randomUUIDv7(), lease_ms }
  const retryUntilAborted = createRetry(log, `group ${group} of topic ${topic}`)
  const readers = new Map<number, PartitionReader>()
  const notify = createNotify()
  const leaving = new AbortController()
  const giveUp = new AbortController()
  let leaseGuard: Timer | undefined

  await startGroup(bookkeeping, member, from)
  const unsubscribe = await Promise.all([
    listen(sql, MESSAGES_CHANNEL, (payload) => (payload ? wakeReaders(payload) : notify.notifyOne())),
    listen(sql, GROUPS_CHANNEL, (payload) => payload === channelPayload(member) && notify.notifyOne()),
  ])
  apply(await retryUntilAborted(renew, leaving.signal))
  await announce()
  const membership = keepMembership()
  let stopped: Promise<void> | undefined
  return { stop: () => (stopped ??= stop()) }

  /** So that the others give up their surplus at once; unheard, they do so at their next heartbeat. */
  async function announce(): Promise<void> {
    try {
      await announceMember(bookkeeping, member)
    } catch (err) {
      log.warn({ err, group, topic }, 'the group could not be told of a new member')
    }
  }

  /** Until the member has left and its last batch has ended. */
  async function keepMembership(): Promise<void> {
    let wait_ms = lease_ms / 3
    while (!leaving.signal.aborted || readers.size > 0) {
      await notify.notified(wait_ms)
      if (leaving.signal.aborted && readers.size === 0) return
      try {
        const renewed = await retryUntilAborted(renew, leaving.signal)
        apply(renewed)
        wait_ms = Math.min(lease_ms / 3, (renewed.next_expiry_ms ?? Infinity) + EXPIRY_MARGIN_MS)
      } catch (err) {
        log.warn({ err, group, topic }, 'leases could not be renewed while leaving the group')
        wait_ms = lease_ms / 3
      }
    }
  }

  async function renew(): Promise<Membership> {
    const asked_at = performance.now()
    let membership = await renewMembership(bookkeeping, member, !leaving.signal.aborted)
    if (membership.unseen) {
      await startGroup(bookkeeping, member, from)
      membership = await renewMembership(bookkeeping, member, !leaving.signal.aborted)
    }
    guardLease(asked_at + lease_ms - performance.now())
    return membership
  }

  /** Without an answer until the leases end, the partitions may be someone else's. */
  function guardLease(left_ms: number): void {
    clearTimeout(leaseGuard)
    leaseGuard = setTimeout(() => {
      // A process that was blocked or asleep finds this timer due before it could ask: it gets a moment to ask.
      notify.notifyOne()
      leaseGuard = setTimeout(() => readers.forEach((reader) => reader.lose()), Math.min(1000, lease_ms / 3))
    }, left_ms)
  }

  function apply({ quota, held }: Membership): void {
    for (const { partition, epoch, end } of held) {
      const reader = readers.get(partition)
      if (!reader) open(partition, epoch)
      else if (reader.epoch === epoch) reader.wake(end)
      else reader.lose()
    }
    for (const [partition, reader] of readers)
      if (!reader.ending && !held.some((claim) => claim.partition === partition)) {
        log.info({ group, topic, partition }, 'a partition went to another member')
        reader.lose()
      }
    const staying = [...readers.values()].filter((reader) => !reader.ending)
    const idleFirst = staying.toSorted((a, b) => Number(a.busy) - Number(b.busy))
    for (const reader of idleFirst.slice(0, Math.max(0, staying.length - quota))) reader.finish()
  }

  function open(partition: number, epoch: number): void {
    if (leaving.signal.aborted) return
    const reader = readPartition(
      { sql: bookkeeping, log, member, options, retryUntilAborted, giveUp: giveUp.signal },
      { partition, epoch },
    )
    readers.set(partition, reader)
    void reader.done.then(() => {
      readers.delete(partition)
      notify.notifyOne()
    })
  }

  function wakeReaders(payload: string): void {
    const [of, partitions] = payload.split(' ')
    if (of !== topic) return
    for (const partition of partitions!.split(',')) readers.get(Number(partition))?.wake()
  }

  async function stop(): Promise<void> {
    leaving.abort()
    for (const reader of readers.values()) reader.finish()
    await leave([...readers.keys()])
    const grace = setTimeout(() => {
      giveUp.abort()
      for (const reader of readers.values()) reader.lose()
    }, stop_grace_ms)
    await Promise.all([...readers.values()].map((reader) => reader.done))
    clearTimeout(grace)
    notify.notifyOne()
    await membership
    clearTimeout(leaseGuard)
    await leave([])
    try {
      for (const end of unsubscribe) await end()
    } catch (err) {
      log.debug({ err }, 'the connection that listened is gone already')
    }
  }

  async function leave(busy: number[]): Promise<void> {
    try {
      await withDeadline(leaveGroup(bookkeeping, member, busy), LEAVE_DEADLINE_MS)
    } catch (err) {
      log.warn(
        { err, group, topic },
        'the group could not be told that a member left; its leases will end by themselves',
      )
    }
  }
}

/** Leases are looked at again a moment after they ended, not a moment before. */
const EXPIRY_MARGIN_MS = 20
const LEAVE_DEADLINE_MS = 3_000
