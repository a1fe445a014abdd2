/**
 * JSON that reads back as the same value. After a crash a step returns its stored result, which must not have become
 * something else: a Date, a Map or a NaN is refused, with its path, instead of being changed.
 */

/** The depth that PostgreSQL and the API accept. */
const MAX_DEPTH = 64

/** The text, null for undefined; or why it cannot be kept, as the end of a sentence. */
export function exactJson(value: unknown, max_bytes: number): { text: string | null } | { problem: string } {
  let chars_left = max_bytes
  try {
    const problem = value === undefined ? undefined : problemOf(value, '', [])
    if (problem !== undefined) return { problem }
    const text = value === undefined ? null : JSON.stringify(value)
    return text !== null && Buffer.byteLength(text) > max_bytes ? { problem: tooLarge(max_bytes) } : { text }
  } catch (thrown) {
    return { problem: `that cannot be read: ${thrown instanceof Error ? thrown.message : Bun.inspect(thrown)}` }
  }

  function problemOf(part: unknown, path: string, above: object[]): string | undefined {
    const at = path === '' ? '' : ` at ${path}`
    switch (typeof part) {
      case 'string':
        chars_left -= part.length + 2
        return chars_left < 0 ? tooLarge(max_bytes) : undefined
      case 'boolean':
        return
      case 'number':
        return Number.isFinite(part) ? undefined : `with ${part}${at}, which JSON does not have`
      case 'object':
        return part === null ? undefined : problemInside(part, path, at, above)
      default:
        return `with ${typeof part === 'undefined' ? 'undefined' : `a ${typeof part}`}${at}, which JSON does not have`
    }
  }

  function problemInside(part: object, path: string, at: string, above: object[]): string | undefined {
    if (above.includes(part)) return `that contains itself${at}`
    if (above.length >= MAX_DEPTH) return `nested deeper than ${MAX_DEPTH} levels`
    if (!Array.isArray(part)) {
      const prototype = Object.getPrototypeOf(part) as { constructor?: { name?: string } } | null
      if (prototype !== null && prototype !== Object.prototype)
        return `with a ${prototype.constructor?.name || 'class instance'}${at}, which JSON does not have`
    }
    const inside = [...above, part]
    const entries: Iterable<[string | number, unknown]> = Array.isArray(part) ? part.entries() : Object.entries(part)
    for (const [key, inner] of entries) {
      chars_left -= String(key).length + 1
      if (chars_left < 0) return tooLarge(max_bytes)
      // JSON leaves it out, and reads it back as left out.
      if (inner === undefined && typeof key === 'string') continue
      const problem = problemOf(inner, `${path}/${key}`, inside)
      if (problem !== undefined) return problem
    }
    return
  }
}

const tooLarge = (max_bytes: number) => `larger than the ${max_bytes} bytes that are kept`
