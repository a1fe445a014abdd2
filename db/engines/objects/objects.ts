/** The objects role: named byte sequences. A put is seen whole or not at all. Keys are relative paths with `/`. */
import type { AppError } from '../../../lib/errors.ts'

export interface ObjectInfo {
  key: string
  size_bytes: number
  /**
   * Opaque; differs after every overwrite by other bytes. S3 distinguishes overwrites by the same bytes by the second only:
   * there, two of them within one second may share a version.
   */
  version: string
  modified_at: Date
  /**
   * False while the object may still be growing: a file dropped by hand that was written to a moment ago. What `put`
   * made is always settled. A reader that cannot read an unsettled object tries again later before it complains.
   */
  settled: boolean
}

export interface ListOptions {
  /** With objects that others put under names that are no keys: nothing else can be done with them. */
  unusable?: boolean
  /** Is told of a folder or file that cannot be read, and of a link, which then are left out; without it the list throws. */
  leftOut?: (path: string, why: AppError) => void
}

/**
 * The version of an object, or of a folder with whatever is in it, whose name cannot even be read, since it is not UTF-8: `key`
 * shows U+FFFD in its place.
 */
export const UNREADABLE_NAME = 'unreadable'

export interface Objects {
  /** Every object whose key starts with `prefix`, in the order of the keys' UTF-8 bytes. */
  list(prefix: string, options?: ListOptions): AsyncIterable<ObjectInfo>
  head(key: string): Promise<ObjectInfo | null>
  /**
   * null when there is no such object. The info describes exactly the bytes in the body: when someone changes the file
   * in place meanwhile, the body ends with AppError object_changed. Read the body to its end or cancel it.
   */
  get(key: string): Promise<{ info: ObjectInfo; body: ReadableStream<Uint8Array> } | null>
  /**
   * Resolves when the object is durable. Throws AppError: object_key_invalid for a key that leaves its folder (`..`, a
   * leading `/`, a control character, a backslash) or is too long; object_key_taken where a folder stands in the way; disk_full.
   */
  put(key: string, body: ReadableStream<Uint8Array> | Uint8Array | string): Promise<ObjectInfo>
  /**
   * Deleting what is not there is no error. Waits while a backup copies objects, unless `at_once`: for what can be made
   * again from what the backup holds.
   */
  delete(key: string, options?: { at_once?: boolean }): Promise<void>
  close(): Promise<void>
}
