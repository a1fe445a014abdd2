/**
 * A consumer: one membership of its group after another, until it is stopped. kafkajs gives a membership up when Kafka
 * was away for long, or on an error that it holds for final; then we join anew, for ever.
 */
import { AppError, messageOf } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import { backoffDelay, sleep, withDeadline } from '../../../../lib/retry.ts'
import type { ConsumeOptions, StreamConsumer } from '../stream.ts'
import { DEADLINE_MS, kafkaError, type KafkaClient } from './client.ts'
import { lookBeforeStart, type GroupStart } from './group-start.ts'
import { createMembership, type Membership } from './membership.ts'
import { readPartition, type PartitionReader } from './partition-reader.ts'

export interface ConsumerSettings {
  lease_ms: number
  /** How long stop() lets a running batch go on before its signal aborts. */
  stop_grace_ms: number
}

export interface RunningConsumer extends StreamConsumer {
  /** Resolves with its first share, or when Kafka turns out to be away; rejects when it is refused, or stopped before. */
  readonly ready: Promise<void>
}

const FIRST_REJOIN_MS = 100
const MAX_REJOIN_MS = 3_000
/** A membership that lasted longer was a good one: the next try comes soon. */
const GOOD_MS = 30_000
const LEAVE_DEADLINE_MS = 3_000
/** What brokers allow where nobody told them otherwise: group.min.session.timeout.ms and the max of it. */
const KAFKA_MIN_SESSION_MS = 6_000
const KAFKA_MAX_SESSION_MS = 1_800_000

/** `openTopic` creates the topic where it is missing and resolves with its number of partitions. */
export function startConsumer(
  client: KafkaClient,
  log: Log,
  { lease_ms, stop_grace_ms }: ConsumerSettings,
  options: ConsumeOptions,
  openTopic: () => Promise<number>,
): RunningConsumer {
  const { prefix } = client.settings
  const names = { group: prefix + options.group, topic: prefix + options.topic }
  const leaving = new AbortController()
  const giveUp = new AbortController()
  const ready = Promise.withResolvers<void>()
  // Who does not wait for it hears of its end from stop().
  ready.promise.catch(() => {})
  const readers = new Set<PartitionReader>()
  let session_ms = Math.min(lease_ms, KAFKA_MAX_SESSION_MS)
  let told_of_coordinator = false
  let began = false
  const started_at = performance.now()
  let start: GroupStart | undefined
  let membership: Membership | undefined
  let stopped: Promise<void> | undefined
  const consuming = keepConsuming()
  return { ready: ready.promise, stop: () => (stopped ??= stop()) }

  async function keepConsuming(): Promise<void> {
    for (let tries = 0; !leaving.signal.aborted; tries++) {
      const begun_at = performance.now()
      try {
        const existing = await openTopic()
        start ??= await lookBeforeStart(client, { ...names, from: options.from, existing })
        if (leaving.signal.aborted) return
        membership = join(start)
        await membership.ended
        return
      } catch (err) {
        for (const reader of readers) reader.lose()
        if (leaving.signal.aborted) return
        const refused = began ? undefined : refusal(err)
        if (refused) return ready.reject(refused)
        learnFrom(err)
        if (performance.now() - begun_at > GOOD_MS) tries = 0
        await sleep(backoffDelay(tries, FIRST_REJOIN_MS, MAX_REJOIN_MS), leaving.signal)
      }
    }
  }

  function join(from: GroupStart): Membership {
    return createMembership(client, log, {
      ...names,
      shown: { group: options.group, topic: options.topic },
      session_ms,
      // While a batch runs on, everybody in the group waits for it.
      patience_ms: Math.min(lease_ms, stop_grace_ms),
      start: from,
      leaving: leaving.signal,
      onShare() {
        began = true
        ready.resolve()
      },
      open(partition, link) {
        const reader = readPartition({ log, options, giveUp: giveUp.signal, ...link }, partition)
        readers.add(reader)
        void reader.done.then(() => readers.delete(reader))
        return reader
      },
    })
  }

  function learnFrom(err: unknown): void {
    if (/COORDINATOR|LOAD_IN_PROGRESS/.test(kafkaError(err) ?? '') || /group coordinator/.test(messageOf(err))) {
      // Some seconds long on a broker that has just started; kafkajs tells a missing right in the same words.
      const facts = { ...names, err: messageOf(err) }
      if (!told_of_coordinator)
        log.warn(
          facts,
          `${client.engine} is not ready for groups yet, or does not let us read the group ${names.group}`,
        )
      told_of_coordinator = true
      if (performance.now() - started_at > DEADLINE_MS) ready.resolve()
    } else if (kafkaError(err) === 'INVALID_SESSION_TIMEOUT' && session_ms < KAFKA_MIN_SESSION_MS) {
      log.info({ session_ms, allowed_ms: KAFKA_MIN_SESSION_MS }, 'Kafka wants leases of stream consumers to be longer')
      session_ms = KAFKA_MIN_SESSION_MS
    } else {
      client.outage.failed(err)
      // The program goes on without it, and stops like any other.
      ready.resolve()
    }
  }

  /** What waiting would not change at the start; later it may be a mistake that somebody repairs. */
  function refusal(err: unknown): AppError | undefined {
    if (err instanceof AppError && err.code === 'stream_topic_missing') return err
    const error = kafkaError(err)
    if (!error?.endsWith('AUTHORIZATION_FAILED')) return undefined
    const detail = `${client.engine} does not let us read ${names.topic} as group ${names.group} (${error}); allow Read on both.`
    return new AppError('unavailable', 'stream_refused', detail, { cause: err })
  }

  async function stop(): Promise<void> {
    leaving.abort()
    for (const reader of readers) reader.finish()
    const grace = setTimeout(() => {
      giveUp.abort()
      for (const reader of readers) reader.lose()
    }, stop_grace_ms)
    await Promise.all([...readers].map((reader) => reader.done))
    clearTimeout(grace)
    ready.reject(new AppError('unavailable', 'stream_unavailable', `The consumer of ${options.topic} was stopped.`))
    try {
      await withDeadline(Promise.resolve(membership?.leave()), LEAVE_DEADLINE_MS, client.engine)
    } catch (err) {
      log.warn({ err, ...names }, 'the group could not be told that a member left; its lease will end by itself')
    }
    // Without a membership it is between two tries, and finds out that it should end.
    if (membership) await consuming
  }
}
