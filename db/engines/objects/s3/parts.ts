/** Cuts what is put into parts of one size; only the last may be smaller. */
import type { Objects } from '../objects.ts'

export interface Parts {
  /** null after the last. Throws what the source throws. */
  next(): Promise<Uint8Array | null>
  /** Hands a part back that is not needed any more, to be filled again. */
  sent(part: Uint8Array): void
  /** No more is wanted: a source that has not come to its end is cancelled. */
  end(): Promise<void>
}

export const partsOf = (body: Parameters<Objects['put']>[1], part_bytes: number): Parts =>
  body instanceof ReadableStream
    ? partsOfStream(body, part_bytes)
    : partsOfBytes(typeof body === 'string' ? new TextEncoder().encode(body) : body, part_bytes)

function partsOfBytes(bytes: Uint8Array, part_bytes: number): Parts {
  let from = 0
  return {
    async next() {
      if (from >= bytes.byteLength) return null
      return bytes.subarray(from, (from += part_bytes))
    },
    sent() {},
    async end() {},
  }
}

function partsOfStream(body: ReadableStream<Uint8Array>, part_bytes: number): Parts {
  const reader = body.getReader()
  // Left to the garbage collector, parts that were sent would be hundreds of megabytes.
  const spare: Uint8Array[] = []
  let rest: Uint8Array = new Uint8Array()
  let ended = false

  return {
    async next() {
      const part = spare.pop() ?? new Uint8Array(part_bytes)
      let filled = 0
      while (filled < part_bytes && !ended) {
        if (rest.byteLength === 0) {
          const next = await reader.read()
          if (next.done) ended = true
          else rest = next.value
        }
        const taken = rest.subarray(0, part_bytes - filled)
        part.set(taken, filled)
        filled += taken.byteLength
        rest = rest.subarray(taken.byteLength)
      }
      return filled > 0 ? part.subarray(0, filled) : null
    },
    sent(part) {
      if (part.byteLength === part_bytes) spare.push(part)
    },
    end: () => reader.cancel().catch(() => {}),
  }
}
