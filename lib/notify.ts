/** A bell wakes one waiting loop. However often it rings before the loop waits again, the loop wakes once; no ring is lost. */
export interface Bell {
  ring(): void
  /** Resolves at the next ring, at once if it rang since the last wait, or after `timeout_ms`. */
  wait(timeout_ms?: number): Promise<void>
}

export function createBell(): Bell {
  let rang = false
  let wake: (() => void) | undefined

  return {
    ring() {
      rang = true
      wake?.()
    },
    async wait(timeout_ms) {
      if (!rang) {
        const { promise, resolve } = Promise.withResolvers<void>()
        wake = resolve
        const timer = timeout_ms === undefined ? undefined : setTimeout(resolve, Math.max(0, timeout_ms))
        await promise
        clearTimeout(timer)
        wake = undefined
      }
      rang = false
    },
  }
}
