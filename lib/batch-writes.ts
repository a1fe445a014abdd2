/**
 * Group commit inside one process: items that come while a write is under way go together in the next one, in order. A
 * single caller pays no delay, a thousand share one transaction.
 */
export interface WriteLimits<T> {
  max_items: number
  max_bytes: number
  bytesOf: (item: T) => number
}

/**
 * Returns `add`, which resolves when its items are written. One call's items may span several writes when they exceed a limit; once
 * one of those fails, what is left of the call is not written.
 */
export function batchWrites<T>(write: (items: T[]) => Promise<void>, limits: WriteLimits<T>) {
  let waiting: Array<{ item: T; settle: Settle }> = []
  let writing = false

  async function drain() {
    writing = true
    // Items of the same turn go together.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0) {
      const group = waiting.splice(0, groupSize(waiting, limits))
      try {
        await write(group.map(({ item }) => item))
        for (const { settle } of group) settle.resolve()
      } catch (err) {
        const failed = new Set(group.map(({ settle }) => settle))
        // Else it would come before what the caller sends again.
        waiting = waiting.filter(({ settle }) => !failed.has(settle))
        for (const settle of failed) settle.reject(err)
      }
    }
    writing = false
  }

  return (items: T[]): Promise<void> => {
    if (items.length === 0) return Promise.resolve()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    let left = items.length
    const settle: Settle = { resolve: () => --left === 0 && resolve(), reject }
    for (const item of items) waiting.push({ item, settle })
    if (!writing) void drain()
    return promise
  }
}

interface Settle {
  resolve(): void
  reject(err: unknown): void
}

function groupSize<T>(waiting: Array<{ item: T }>, { max_items, max_bytes, bytesOf }: WriteLimits<T>): number {
  let bytes = 0
  let size = 0
  for (const { item } of waiting) {
    bytes += bytesOf(item)
    if (size > 0 && (bytes > max_bytes || size >= max_items)) break
    size++
  }
  return size
}
