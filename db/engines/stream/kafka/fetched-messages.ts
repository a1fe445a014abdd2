/** Messages of a partition that kafkajs has fetched and no handler has had yet; too many of them pause the fetching. */
import type { StoredMessage } from '../stream.ts'

/** A batch larger than this ends early, and no more than this is kept. */
const MAX_BATCH_BYTES = 8 * 1024 * 1024
/** Small messages take more memory than their bytes; the next two large batches are enough. */
const MAX_MESSAGES = 5_000

export class FetchedMessages {
  #messages: StoredMessage[] = []
  #bytes = 0
  #paused = false
  readonly #setPaused: (paused: boolean) => void

  /** `setPaused` stops the fetching, or goes on with it. */
  constructor(setPaused: (paused: boolean) => void) {
    this.#setPaused = setPaused
  }

  get empty(): boolean {
    return this.#messages.length === 0
  }

  add(messages: StoredMessage[]): void {
    // One by one: a compressed batch may hold more messages than a call takes arguments.
    for (const message of messages) this.#messages.push(message)
    this.#bytes += sizeOf(messages)
    if (!this.#paused && (this.#bytes >= MAX_BATCH_BYTES || this.#messages.length >= MAX_MESSAGES)) this.#pause(true)
  }

  /** At least one, at most `max`, in order. */
  takeBatch(max: number): StoredMessage[] {
    let bytes = 0
    let size = 0
    for (const message of this.#messages) {
      bytes += bytesOf(message)
      if (size > 0 && (bytes > MAX_BATCH_BYTES || size >= max)) break
      size++
    }
    const batch = this.#messages.splice(0, size)
    this.#bytes -= sizeOf(batch)
    // Early enough that the next messages are here when these are done.
    if (this.#paused && this.#bytes < MAX_BATCH_BYTES / 2 && this.#messages.length < MAX_MESSAGES / 2)
      this.#pause(false)
    return batch
  }

  /** Forgets what comes before `offset`. */
  startAt(offset: number): void {
    this.#messages = this.#messages.filter((message) => message.offset >= offset)
    this.#bytes = sizeOf(this.#messages)
    if (this.#paused) this.#pause(false)
  }

  /** Forgets everything; the caller resumes the fetching itself. */
  clear(): void {
    this.#messages = []
    this.#bytes = 0
    this.#paused = false
  }

  #pause(paused: boolean): void {
    this.#paused = paused
    this.#setPaused(paused)
  }
}

const sizeOf = (messages: StoredMessage[]) => messages.reduce((sum, message) => sum + bytesOf(message), 0)

/** With what the message takes beside its content. */
const bytesOf = ({ key, value }: StoredMessage) => (value?.byteLength ?? 0) + (key?.length ?? 0) + 200
