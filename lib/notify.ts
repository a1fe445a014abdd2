/**
 * Wakes one waiting loop, as tokio's Notify. However often it is notified before the loop waits again, the loop wakes
 * once; no notification is lost.
 */
export interface Notify {
  notifyOne(): void
  /** Resolves at the next notification, at once if one came since the last wait, or after `timeout_ms`. */
  notified(timeout_ms?: number): Promise<void>
}

export function createNotify(): Notify {
  let pending = false
  let wake: (() => void) | undefined

  return {
    notifyOne() {
      pending = true
      wake?.()
    },
    async notified(timeout_ms) {
      if (!pending) {
        const { promise, resolve } = Promise.withResolvers<void>()
        wake = resolve
        const timer = timeout_ms === undefined ? undefined : setTimeout(resolve, Math.max(0, timeout_ms))
        await promise
        clearTimeout(timer)
        wake = undefined
      }
      pending = false
    },
  }
}
