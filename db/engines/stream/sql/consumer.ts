/**
 * One member of a consumer group. A single loop renews its leases, learns its fair share and opens or closes a reader
 * per partition; it runs every third of a lease, and at once when NOTIFY says that a member came or went.
 *
 * - joined: leases are renewed, free partitions taken up to the share.
 * - leaving, after stop(): only what still has a batch running is renewed; nothing new is taken.
 * - left: every batch has ended, or was given up after its grace.
 */
import type { Sql } from 'postgres'
import type { Log } from '../../../../lib/log.ts'
import { createNotify } from '../../../../lib/notify.ts'
import { listen } from '../../postgres/listen.ts'
import { createRetry, withDeadline, type RetryUntilAborted } from '../../../../lib/retry.ts'
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
import { PartitionReader } from './partition-reader.ts'

/** Leases are checked again a moment after they ended, not a moment before. */
const EXPIRY_MARGIN_MS = 20
const LEAVE_DEADLINE_MS = 3_000

export interface ConsumerSettings {
  lease_ms: number
  /** How long stop() lets a running batch go on before its signal aborts. */
  stop_grace_ms: number
}

/** `sql` listens, `bookkeeping` does everything else. */
export interface ConsumerPools {
  sql: Sql
  bookkeeping: Sql
}

/** Joins the group; resolves when the member has taken its first share of the partitions. The topic exists. */
export async function startConsumer(
  pools: ConsumerPools,
  log: Log,
  settings: ConsumerSettings,
  options: ConsumeOptions,
): Promise<StreamConsumer> {
  const consumer = new SqlConsumer(pools, log, settings, options)
  await consumer.join()
  return consumer
}

class SqlConsumer implements StreamConsumer {
  readonly #pools: ConsumerPools
  readonly #log: Log
  readonly #settings: ConsumerSettings
  readonly #options: ConsumeOptions
  readonly #member: Member
  readonly #retryUntilAborted: RetryUntilAborted
  readonly #readers = new Map<number, PartitionReader>()
  readonly #notify = createNotify()
  readonly #leaving = new AbortController()
  readonly #giveUp = new AbortController()
  #unsubscribe: Array<() => Promise<void>> = []
  #membership: Promise<void> | undefined
  /** Fires when the leases may have ended without an answer. */
  #leaseGuard: Timer | undefined
  #stopped: Promise<void> | undefined

  constructor(pools: ConsumerPools, log: Log, settings: ConsumerSettings, options: ConsumeOptions) {
    const { group, topic } = options
    this.#pools = pools
    this.#log = log
    this.#settings = settings
    this.#options = options
    this.#member = { group, topic, member: Bun.randomUUIDv7(), lease_ms: settings.lease_ms }
    this.#retryUntilAborted = createRetry(log, `group ${group} of topic ${topic}`)
  }

  async join(): Promise<void> {
    const { sql, bookkeeping } = this.#pools
    await startGroup(bookkeeping, this.#member, this.#options.from)
    this.#unsubscribe = await Promise.all([
      listen(sql, MESSAGES_CHANNEL, (payload) => {
        if (payload) this.#wakeReaders(payload)
        else this.#notify.notifyOne()
      }),
      listen(sql, GROUPS_CHANNEL, (payload) => {
        if (payload === channelPayload(this.#member)) this.#notify.notifyOne()
      }),
    ])
    this.#apply(await this.#retryUntilAborted(() => this.#renew(), this.#leaving.signal))
    await this.#announce()
    this.#membership = this.#keepMembership()
  }

  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop())
  }

  /** So that the others give up their surplus at once; unheard, they do so at their next heartbeat. */
  async #announce(): Promise<void> {
    try {
      await announceMember(this.#pools.bookkeeping, this.#member)
    } catch (err) {
      this.#log.warn({ err, ...this.#facts }, 'the group could not be told of a new member')
    }
  }

  /** Until the member has left and its last batch has ended. */
  async #keepMembership(): Promise<void> {
    const { lease_ms } = this.#settings
    const leaving = this.#leaving.signal
    let wait_ms = lease_ms / 3
    while (!leaving.aborted || this.#readers.size > 0) {
      await this.#notify.notified(wait_ms)
      if (leaving.aborted && this.#readers.size === 0) return
      try {
        const renewed = await this.#retryUntilAborted(() => this.#renew(), leaving)
        this.#apply(renewed)
        wait_ms = Math.min(lease_ms / 3, (renewed.next_expiry_ms ?? Infinity) + EXPIRY_MARGIN_MS)
      } catch (err) {
        this.#log.warn({ err, ...this.#facts }, 'leases could not be renewed while leaving the group')
        wait_ms = lease_ms / 3
      }
    }
  }

  async #renew(): Promise<Membership> {
    const { bookkeeping } = this.#pools
    const asked_at = performance.now()
    const renew = () => renewMembership(bookkeeping, this.#member, !this.#leaving.signal.aborted)
    let membership = await renew()
    if (membership.unseen) {
      await startGroup(bookkeeping, this.#member, this.#options.from)
      membership = await renew()
    }
    this.#guardLease(asked_at + this.#settings.lease_ms - performance.now())
    return membership
  }

  /** Without an answer until the leases end, the partitions may be someone else's. */
  #guardLease(left_ms: number): void {
    clearTimeout(this.#leaseGuard)
    this.#leaseGuard = setTimeout(() => {
      // A process that was blocked or asleep finds this timer due before it could ask: it gets a moment to ask.
      this.#notify.notifyOne()
      const moment_ms = Math.min(1000, this.#settings.lease_ms / 3)
      this.#leaseGuard = setTimeout(() => this.#loseAll(), moment_ms)
    }, left_ms)
  }

  #loseAll(): void {
    for (const reader of this.#readers.values()) reader.lose()
  }

  #apply({ quota, held }: Membership): void {
    for (const { partition, epoch, end } of held) {
      const reader = this.#readers.get(partition)
      if (!reader) this.#open(partition, epoch)
      else if (reader.epoch === epoch) reader.wake(end)
      else reader.lose()
    }
    for (const [partition, reader] of this.#readers)
      if (!reader.ending && !held.some((claim) => claim.partition === partition)) {
        this.#log.info({ ...this.#facts, partition }, 'a partition went to another member')
        reader.lose()
      }
    const staying = [...this.#readers.values()].filter((reader) => !reader.ending)
    const idleFirst = staying.toSorted((a, b) => Number(a.busy) - Number(b.busy))
    for (const reader of idleFirst.slice(0, Math.max(0, staying.length - quota))) reader.finish()
  }

  #open(partition: number, epoch: number): void {
    if (this.#leaving.signal.aborted) return
    const context = {
      sql: this.#pools.bookkeeping,
      log: this.#log,
      member: this.#member,
      options: this.#options,
      retryUntilAborted: this.#retryUntilAborted,
      giveUp: this.#giveUp.signal,
    }
    const reader = new PartitionReader(context, { partition, epoch })
    this.#readers.set(partition, reader)
    void reader.done.then(() => {
      this.#readers.delete(partition)
      this.#notify.notifyOne()
    })
  }

  #wakeReaders(payload: string): void {
    const [topic, partitions] = payload.split(' ')
    if (topic !== this.#options.topic) return
    for (const partition of partitions!.split(',')) this.#readers.get(Number(partition))?.wake()
  }

  async #stop(): Promise<void> {
    this.#leaving.abort()
    for (const reader of this.#readers.values()) reader.finish()
    await this.#leave([...this.#readers.keys()])
    const grace = setTimeout(() => {
      this.#giveUp.abort()
      this.#loseAll()
    }, this.#settings.stop_grace_ms)
    await Promise.all([...this.#readers.values()].map((reader) => reader.done))
    clearTimeout(grace)
    this.#notify.notifyOne()
    await this.#membership
    clearTimeout(this.#leaseGuard)
    await this.#leave([])
    try {
      for (const end of this.#unsubscribe) await end()
    } catch (err) {
      this.#log.debug({ err }, 'the connection that listened is gone already')
    }
  }

  /** `busy`: partitions that stay ours until their batch has ended. */
  async #leave(busy: number[]): Promise<void> {
    try {
      await withDeadline(leaveGroup(this.#pools.bookkeeping, this.#member, busy), LEAVE_DEADLINE_MS)
    } catch (err) {
      const facts = { err, ...this.#facts }
      this.#log.warn(facts, 'the group could not be told that a member left; its leases will end by themselves')
    }
  }

  get #facts() {
    const { group, topic } = this.#options
    return { group, topic }
  }
}
