/** Makes what a job says or returns fit for PostgreSQL: no NUL, no half characters, and no more than a person will read. */
import type { JSONValue } from 'postgres'

/** `text` without what PostgreSQL refuses, cut to `max` characters. */
export function storableText(text: string, max: number): string {
  const cut = text.length > max ? `${text.slice(0, max)}… (${text.length - max} more characters)` : text
  return clean(cut)
}

/** `value` as JSON, or a sentence on why it cannot be kept. */
export function storableJson(value: unknown, max_bytes: number): { json: JSONValue } | { problem: string } {
  let text: string
  try {
    text = JSON.stringify(value ?? null, cleanValue) ?? 'null'
  } catch (thrown) {
    return { problem: `it is no JSON: ${(thrown as Error).message}` }
  }
  const size_bytes = Buffer.byteLength(text)
  if (size_bytes > max_bytes) return { problem: `it has ${size_bytes} bytes; at most ${max_bytes} are kept` }
  return { json: JSON.parse(text) as JSONValue }
}

function cleanValue(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return clean(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [clean(name), inner]))
}

function clean(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}
