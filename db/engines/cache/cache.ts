/**
 * The cache role: small texts that may be lost at any moment. Nothing that must survive lives only here.
 * Keys have at most 1,024 bytes, a time to live is above 0: else AppError.
 */

export interface Cache {
  /** The value, or null when it was never set, has expired or was lost. */
  get(key: string): Promise<string | null>
  set(key: string, value: string, ttl_s: number): Promise<void>
  delete(key: string): Promise<void>
  /** Adds `by` to a whole number, 0 when there is none, and returns the sum; the first increment of a key starts its TTL. */
  increment(key: string, ttl_s: number, by?: number): Promise<number>
  /** Deletes every key that starts with `prefix`, taken literally. */
  invalidate(prefix: string): Promise<void>
  close(): Promise<void>
}
