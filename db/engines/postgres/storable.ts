/**
 * Values that JavaScript and JSON allow and PostgreSQL does not keep: NUL, half a surrogate pair, numbers beyond all limits, and
 * values that nest too deep. A client's are refused (`unstorablePart`); texts of programs and jobs are made to fit, and
 * cut to what a person reads (`storable…`).
 */
import type { JSONValue } from 'postgres'
import { readable } from '../../../lib/readable.ts'
import type { Text, Translated } from '../../../lib/texts.ts'

/** The depth that the API accepts. Far deeper, PostgreSQL fails as if it were broken, and a batch would never pass. */
const MAX_DEPTH = 64
const MAX_NAME = 200
const MAX_DETAIL = 2000

/** The fault of `value`, as the end of a sentence about it; undefined when it can be stored. */
export function unstorablePart(value: unknown, depth = 1): Translated | undefined {
  if (typeof value === 'string') {
    if (value.includes('\0'))
      return {
        en: 'holds a NUL character, which cannot be stored',
        pt: 'contém um caractere NUL, que não pode ser guardado',
      }
    return value.isWellFormed()
      ? undefined
      : {
          en: 'holds half a surrogate pair, which cannot be stored',
          pt: 'contém metade de um par substituto (surrogate), que não pode ser guardada',
        }
  }
  if (typeof value === 'number')
    return Number.isFinite(value)
      ? undefined
      : { en: 'holds a number beyond all limits', pt: 'contém um número além de todos os limites' }
  if (!value || typeof value !== 'object') return undefined
  if (depth > MAX_DEPTH)
    return { en: `nests deeper than ${MAX_DEPTH} levels`, pt: `tem mais de ${MAX_DEPTH} níveis aninhados` }
  for (const [key, part] of Object.entries(value)) {
    const found = unstorablePart(key, depth) ?? unstorablePart(part, depth + 1)
    if (found) return found
  }
  return undefined
}

const clean = (text: string) => text.replaceAll('\0', '').toWellFormed()

/** `text` cut to `max` characters, with how many were cut. */
export function storableText(text: string, max: number): string {
  if (text.length <= max) return clean(text)
  return `${clean(text.slice(0, max))}… (${text.length - max} more characters)`
}

/** A name on one line. */
export const storableName = (name: string): string =>
  cut(name.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' '), MAX_NAME).trim()

/** What an error says, made readable before it is cut, since half a URL hides where its password ends. */
export const storableSentence = (text: string, max: number): string => storableText(readable(text), max)

export function storableDetail<T extends Text>(detail: T): T {
  const fit = (text: string) => cut(readable(text), MAX_DETAIL)
  return (
    typeof detail === 'string' ? fit(detail) : { ...(detail as Translated), en: fit(detail.en), pt: fit(detail.pt) }
  ) as T
}

function cut(text: string, max: number): string {
  const kept = text.replaceAll('\0', '')
  return (kept.length > max ? `${kept.slice(0, max - 1)}…` : kept).toWellFormed()
}

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
