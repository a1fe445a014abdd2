/**
 * A consumer: one membership of its group after another, until it is stopped. A membership ends when Kafka was away for
 * long, or on an error that the client library holds for final; then we join anew, for ever.
 *
 * - starting: no share yet. A refusal ends it; Kafka being away does not.
 * - running: it has had a share, and joins anew whatever ends a membership.
 * - stopping: no new batch; running ones have a while, then their signal aborts.
 */
import { AppError, messageOf } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import { backoffDelay, sleep, withDeadline } from '../../../../lib/retry.ts'
import type { ConsumeOptions, StreamConsumer } from '../stream.ts'
import { DEADLINE_MS, kafkaError, type KafkaClient } from './client.ts'
import type { KafkaDriver } from './driver.ts'
import { readGroupStart, type GroupStart } from './group-start.ts'
import { Membership } from './membership.ts'
import { PartitionReader } from './partition-reader.ts'

export interface ConsumerSettings {
  driver: KafkaDriver
  lease_ms: number
  /** How long stop() lets a running batch go on before its signal aborts. */
  stop_grace_ms: number
}

const FIRST_REJOIN_MS = 100
const MAX_REJOIN_MS = 3_000
/** A membership that lasted longer was a good one: the next try comes soon. */
const GOOD_MS = 30_000
const LEAVE_DEADLINE_MS = 3_000
/** Kafka's defaults of group.min.session.timeout.ms and group.max.session.timeout.ms. */
const KAFKA_MIN_SESSION_MS = 6_000
const KAFKA_MAX_SESSION_MS = 1_800_000

export class KafkaConsumer implements StreamConsumer {
  /** Resolves with its first share, or when Kafka turns out to be away; rejects when it is refused, or stopped before. */
  readonly ready: Promise<void>

  readonly #client: KafkaClient
  readonly #log: Log
  readonly #settings: ConsumerSettings
  readonly #options: ConsumeOptions
  readonly #openTopic: () => Promise<number>
  /** With their prefix. */
  readonly #names: { group: string; topic: string }
  readonly #started_at = performance.now()
  readonly #ready = Promise.withResolvers<void>()
  readonly #leaving = new AbortController()
  readonly #giveUp = new AbortController()
  readonly #readers = new Set<PartitionReader>()
  readonly #consuming: Promise<void>
  #session_ms: number
  #has_shared = false
  #coordinator_reported = false
  #start: GroupStart | undefined
  #membership: Membership | undefined
  #stopped: Promise<void> | undefined

  /** `openTopic` creates the topic where it is missing and resolves with its number of partitions. */
  constructor(
    client: KafkaClient,
    log: Log,
    settings: ConsumerSettings,
    options: ConsumeOptions,
    openTopic: () => Promise<number>,
  ) {
    const { prefix } = client.settings
    this.#client = client
    this.#log = log
    this.#settings = settings
    this.#options = options
    this.#openTopic = openTopic
    this.#names = { group: prefix + options.group, topic: prefix + options.topic }
    this.#session_ms = Math.min(settings.lease_ms, KAFKA_MAX_SESSION_MS)
    this.ready = this.#ready.promise
    // A caller that does not await it learns of its end from stop().
    this.ready.catch(() => {})
    this.#consuming = this.#keepConsuming()
  }

  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop())
  }

  async #keepConsuming(): Promise<void> {
    const leaving = this.#leaving.signal
    for (let tries = 0; !leaving.aborted; tries++) {
      const begun_at = performance.now()
      try {
        const existing = await this.#openTopic()
        const { from } = this.#options
        this.#start ??= await readGroupStart(this.#client, { ...this.#names, from, existing })
        if (leaving.aborted) return
        this.#membership = this.#join(this.#start)
        await this.#membership.ended
        return
      } catch (err) {
        for (const reader of this.#readers) reader.lose()
        if (leaving.aborted) return
        const refused = this.#has_shared ? undefined : this.#refusal(err)
        if (refused) return this.#ready.reject(refused)
        this.#learnFrom(err)
        if (performance.now() - begun_at > GOOD_MS) tries = 0
        await sleep(backoffDelay(tries, FIRST_REJOIN_MS, MAX_REJOIN_MS), leaving)
      }
    }
  }

  #join(start: GroupStart): Membership {
    const { group, topic } = this.#options
    const { driver, lease_ms, stop_grace_ms } = this.#settings
    return new Membership(this.#client, driver, this.#log, {
      ...this.#names,
      shown: { group, topic },
      session_ms: this.#session_ms,
      // While a batch runs on, everybody in the group waits for it.
      rejoin_wait_ms: Math.min(lease_ms, stop_grace_ms),
      start,
      leaving: this.#leaving.signal,
      onShare: () => {
        this.#has_shared = true
        this.#ready.resolve()
      },
      open: (partition, control) => {
        const context = { log: this.#log, options: this.#options, giveUp: this.#giveUp.signal, ...control }
        const reader = new PartitionReader(context, partition)
        this.#readers.add(reader)
        void reader.done.then(() => this.#readers.delete(reader))
        return reader
      },
    })
  }

  #learnFrom(err: unknown): void {
    const { engine, outage } = this.#client
    if (/COORDINATOR|LOAD_IN_PROGRESS/.test(kafkaError(err) ?? '') || /group coordinator/.test(messageOf(err))) {
      // Some seconds long on a broker that has just started; kafkajs reports a missing right in the same words.
      const facts = { ...this.#names, err: messageOf(err) }
      if (!this.#coordinator_reported)
        this.#log.warn(
          facts,
          `${engine} is not ready for groups yet, or does not let us read the group ${this.#names.group}`,
        )
      this.#coordinator_reported = true
      if (performance.now() - this.#started_at > DEADLINE_MS) this.#ready.resolve()
    } else if (kafkaError(err) === 'INVALID_SESSION_TIMEOUT' && this.#session_ms < KAFKA_MIN_SESSION_MS) {
      const facts = { session_ms: this.#session_ms, allowed_ms: KAFKA_MIN_SESSION_MS }
      this.#log.info(facts, 'Kafka wants leases of stream consumers to be longer')
      this.#session_ms = KAFKA_MIN_SESSION_MS
    } else {
      outage.failed(err)
      // The program goes on without it, and stops like any other.
      this.#ready.resolve()
    }
  }

  /** A refusal at the start, which waiting would not change; later it may be a mistake that is repaired. */
  #refusal(err: unknown): AppError | undefined {
    if (err instanceof AppError && err.code === 'stream_topic_missing') return err
    const error = kafkaError(err)
    if (!error?.endsWith('AUTHORIZATION_FAILED')) return undefined
    const { group, topic } = this.#names
    const detail = {
      en: `${this.#client.engine} does not let us read ${topic} as group ${group} (${error}); allow Read on both.`,
      pt: `${this.#client.engine} não nos deixa ler ${topic} como o grupo ${group} (${error}); permita Read em ambos.`,
    }
    return new AppError('unavailable', 'stream_refused', detail, { cause: err })
  }

  async #stop(): Promise<void> {
    this.#leaving.abort()
    for (const reader of this.#readers) reader.finish()
    const grace = setTimeout(() => {
      this.#giveUp.abort()
      for (const reader of this.#readers) reader.lose()
    }, this.#settings.stop_grace_ms)
    await Promise.all([...this.#readers].map((reader) => reader.done))
    clearTimeout(grace)
    const detail = {
      en: `The consumer of ${this.#options.topic} was stopped.`,
      pt: `O consumidor de ${this.#options.topic} foi parado.`,
    }
    this.#ready.reject(new AppError('unavailable', 'stream_unavailable', detail))
    const membership = this.#membership
    try {
      await withDeadline(Promise.resolve(membership?.leave()), LEAVE_DEADLINE_MS, this.#client.engine)
    } catch (err) {
      const facts = { err, ...this.#names }
      this.#log.warn(facts, 'the group could not be told that a member left; its lease will end by itself')
    }
    // Without a membership it is between two tries, and finds out that it should end.
    if (membership) await this.#consuming
  }
}
