/**
 * The queue role: each message goes to one consumer, which decides by what its handler returns. A message is retried
 * after a delay, at most `max_attempts` times in all; then, or when the handler says so, it is a dead letter, kept
 * in a table where it can be browsed, counted and replayed.
 */

export interface QueueMessage {
  /** 1 to 255 bytes of UTF-8; by it a handler knows a message that comes twice. */
  id: string
  /** At most MAX_BODY_BYTES. */
  body: Uint8Array
  /** At most 32 KiB; names do not begin with `x-`. */
  headers?: Record<string, string>
}

export interface Delivery {
  id: string
  body: Uint8Array
  headers: Record<string, string>
  /**
   * 1, and one more for each retry that was decided. A delivery whose consumer or engine died before the decision comes
   * again with the same attempt.
   */
  attempt: number
}

/**
 * A handler's decision about its delivery; `drop` makes it a dead letter at once. `return` decides nothing: the message comes
 * again at once, to any consumer, with the same attempt; for a handler that must stop before it is done.
 */
export type Decision = 'ack' | 'retry' | 'drop' | 'return'

export interface QueueSettings {
  name: string
  /** At most this many attempts, then the message is dead. */
  max_attempts: number
  retry_delay_ms: number
}

export interface QueueConsumer {
  /** Takes no new message, waits for the running handlers and for their decisions to be stored. */
  stop(): Promise<void>
}

export interface QueueDepth {
  ready: number
  /** Waiting for their retry delay. */
  delayed: number
  /** With a consumer now; on RabbitMQ, with one of this process. */
  in_flight: number
  dead: number
  /** RabbitMQ: consumers of other processes, frozen ones too, may have messages that none of the figures counts. */
  elsewhere?: true
}

export interface DeadLetter {
  /** Of the dead letter, not of the message, which may die again after a replay. */
  id: string
  queue: string
  message_id: string
  body: Uint8Array
  headers: Record<string, string>
  /** The one on which it died. */
  attempt: number
  reason: string
  died_at: Date
}

export interface Queue {
  /**
   * Resolves when the engine has every message on disk. When it throws, publish again: a message may then be handled
   * twice, so handlers are idempotent by id. (In sql, publishing an id that is still queued changes nothing.)
   */
  publish(queue: string, messages: QueueMessage[]): Promise<void>
  /**
   * Hands messages to `handler`, `concurrency` (default 1) at a time, roughly oldest first. A handler that throws counts
   * as `retry`, with the error's message as the reason. `signal` aborts when the message is no longer this consumer's,
   * or when stop() has waited long enough. A message whose consumers did not come back from MAX_LOST deliveries is dead.
   */
  consume(
    settings: QueueSettings,
    handler: (delivery: Delivery, signal: AbortSignal) => Promise<Decision>,
    options?: { concurrency?: number },
  ): Promise<QueueConsumer>
  depth(queue: string): Promise<QueueDepth>
  /** Newest first, after the dead letter of id `after`. */
  dead(queue: string, options: { limit: number; after?: string }): Promise<DeadLetter[]>
  /**
   * Puts dead letters (by their own ids; without ids: all of the queue's) back at attempt 1; returns how many. (In sql,
   * one whose message is queued again already stays where it is.)
   */
  replay(queue: string, ids?: string[]): Promise<number>
  /** Stops every consumer. */
  close(): Promise<void>
}
