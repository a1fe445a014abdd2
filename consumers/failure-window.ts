/** The newest messages of a consumer, each once, with the reason of those that failed with an unexpected one. */
import { WINDOW_MESSAGES, WINDOW_S } from '../db/dead-letters/storms.ts'

export class FailureWindow {
  /** The last one last. */
  readonly #messages = new Map<string, { reason: string | null; at: number }>()

  /** `reason`: null for one that has not failed, or as it is expected to. `more`: messages kept beyond the usual number. */
  note(key: string, reason: string | null, more = 0): void {
    this.#messages.delete(key)
    this.#messages.set(key, { reason, at: performance.now() })
    while (this.#messages.size > WINDOW_MESSAGES + more) this.#messages.delete(this.#messages.keys().next().value!)
  }

  clear(): void {
    this.#messages.clear()
  }

  figures(): { messages: number; failed: Record<string, number> } {
    const oldest = performance.now() - WINDOW_S * 1000
    const failed: Record<string, number> = {}
    for (const [key, { reason, at }] of this.#messages) {
      if (at < oldest) this.#messages.delete(key)
      else if (reason !== null) failed[reason] = (failed[reason] ?? 0) + 1
    }
    return { messages: this.#messages.size, failed }
  }
}
