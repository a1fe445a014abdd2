/**
 * The cache role: small texts that may be lost at any moment. Nothing that must survive lives only here.
 */
export interface Cache {
  /** The value, or null when it was never set, has expired or was lost. */
  get(key: string): Promise<string | null>
  set(key: string, value: string, ttl_s: number): Promise<void>
  delete(key: string): Promise<void>
  /** Adds one and returns the new count; the first increment of a key starts its TTL. */
  increment(key: string, ttl_s: number): Promise<number>
  /** Deletes every key that starts with `prefix`, taken literally. */
  invalidate(prefix: string): Promise<void>
  close(): Promise<void>
}
