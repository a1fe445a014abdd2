/** Makes a job's texts and results fit for PostgreSQL: no NUL, no half characters, and no more than a person will read. */
import type { JSONValue } from 'postgres'

/** `text` without what PostgreSQL refuses, cut to `max` characters. */
export function storableText(text: string, max: number): string {
  if (text.length <= max) return clean(text)
  return `${clean(text.slice(0, max))}… (${text.length - max} more characters)`
}

/** The depth that the API accepts. */
const MAX_DEPTH = 64

/**
 * `value` as JSON.stringify sees it, or why it cannot be kept, as the end of a sentence. Stops reading a value as soon as
 * it is too large.
 */
export function storableJson(value: unknown, max_bytes: number): { json: JSONValue } | { problem: string } {
  let bytes_left = max_bytes
  try {
    const json = copyOf(value, '', []) ?? null
    // Counted in characters until here.
    return Buffer.byteLength(JSON.stringify(json)) > max_bytes ? { problem: tooLarge(max_bytes) } : { json }
  } catch (thrown) {
    return { problem: thrown instanceof NotStorable ? thrown.message : `it cannot be read: ${sayThrown(thrown)}` }
  }

  function copyOf(given: unknown, key: string, above: object[]): JSONValue | undefined {
    if (ArrayBuffer.isView(given)) throw new NotStorable('it holds bytes, which JSON does not have')
    const part = hasToJson(given) ? given.toJSON(key) : given
    switch (typeof part) {
      case 'string':
        spend(part.length + 2)
        return clean(part)
      case 'number':
        spend(1)
        return Number.isFinite(part) ? part : null
      case 'boolean':
        spend(4)
        return part
      case 'bigint':
        return copyOf(String(part), key, above)
      case 'object':
        return part === null ? null : copyOfObject(part, above)
      default:
        return undefined
    }
  }

  function copyOfObject(part: object, above: object[]): JSONValue {
    if (above.includes(part)) throw new NotStorable('it contains itself')
    if (above.length >= MAX_DEPTH) throw new NotStorable(`it is nested deeper than ${MAX_DEPTH} levels`)
    const inside = [...above, part]
    if (Array.isArray(part)) {
      spend(part.length)
      return part.map((inner, i) => copyOf(inner, String(i), inside) ?? null)
    }
    const copy: Record<string, JSONValue> = {}
    // Object.entries would copy a huge object before its size is known.
    for (const name in part) {
      if (!Object.hasOwn(part, name)) continue
      const inner = copyOf((part as Record<string, unknown>)[name], name, inside)
      if (inner === undefined) continue
      spend(name.length + 4)
      Object.defineProperty(copy, clean(name), { value: inner, enumerable: true, configurable: true, writable: true })
    }
    return copy
  }

  function spend(bytes: number): void {
    bytes_left -= bytes
    if (bytes_left < 0) throw new NotStorable(tooLarge(max_bytes))
  }
}

class NotStorable extends Error {}

const tooLarge = (max_bytes: number) => `it is larger than the ${max_bytes} bytes that are kept`

function hasToJson(value: unknown): value is { toJSON(key: string): unknown } {
  return typeof value === 'object' && value !== null && 'toJSON' in value && typeof value.toJSON === 'function'
}

function sayThrown(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : Bun.inspect(thrown)
}

function clean(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}
