/** The objects role: named byte sequences. A put is seen whole or not at all. Keys are relative paths with `/`. */
export interface ObjectInfo {
  key: string
  size_bytes: number
  /** Opaque; differs after every overwrite. */
  version: string
  modified_at: Date
}

export interface Objects {
  /** Every object whose key starts with `prefix`, by key. */
  list(prefix: string): AsyncIterable<ObjectInfo>
  head(key: string): Promise<ObjectInfo | null>
  /** null when there is no such object. The info describes exactly the bytes in the body. */
  get(key: string): Promise<{ info: ObjectInfo; body: ReadableStream<Uint8Array> } | null>
  /** Throws AppError object_key_invalid for a key that leaves its folder (`..`, a leading `/`, NUL). */
  put(key: string, body: ReadableStream<Uint8Array> | Uint8Array | string): Promise<ObjectInfo>
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>
  close(): Promise<void>
}
