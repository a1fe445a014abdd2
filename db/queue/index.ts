/**
 * The queue role: each message goes to one consumer, which decides by what its handler returns. A message is retried
 * after a delay, at most `max_attempts` times in all; then, or when the handler says so, it is a dead letter, kept
 * in a table where it can be browsed, counted and replayed.
 */
export interface QueueMessage {
  id: string
  body: Uint8Array
  headers?: Record<string, string>
}

export interface Delivery {
  id: string
  body: Uint8Array
  headers: Record<string, string>
  /** 1 the first time; survives a crash of the consumer and of the engine. */
  attempt: number
}

/** What should happen with a delivery; `drop` makes it a dead letter at once. */
export type Decision = 'ack' | 'retry' | 'drop'

export interface QueueSettings {
  name: string
  /** Deliveries of one message in all before it is dead. */
  max_attempts: number
  retry_delay_ms: number
}

export interface QueueConsumer {
  /** Takes no new message, waits for the running handlers, hands the rest back. */
  stop(): Promise<void>
}

export interface QueueDepth {
  ready: number
  /** Waiting for their retry delay. */
  delayed: number
  /** With a consumer now. */
  in_flight: number
  dead: number
}

export interface DeadLetter extends Delivery {
  queue: string
  reason: string
  died_at: Date
}

export interface Queue {
  /** Resolves when the engine has every message on disk; publishing an id again that is still queued changes nothing. */
  publish(queue: string, messages: QueueMessage[]): Promise<void>
  /** A handler that throws counts as `retry`, with the error's message as the reason. */
  consume(
    settings: QueueSettings,
    handler: (delivery: Delivery, signal: AbortSignal) => Promise<Decision>,
    options?: { concurrency?: number },
  ): Promise<QueueConsumer>
  depth(queue: string): Promise<QueueDepth>
  /** Newest first, after `cursor` (a dead letter's id). */
  dead(queue: string, options: { limit: number; cursor?: string }): Promise<DeadLetter[]>
  /** Puts dead letters back at attempt 1; returns how many. Without ids: all of the queue's. */
  replay(queue: string, ids?: string[]): Promise<number>
  close(): Promise<void>
}
