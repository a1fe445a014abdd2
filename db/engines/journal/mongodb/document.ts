/**
 * A journal document as MongoDB keeps it: its data is a nested document that a person can browse and query. Only data
 * that BSON or an operator's syntax would change on the way (keys with `$` or `.`, NUL, broken Unicode, deep nesting) is
 * kept as JSON text instead.
 */
import type { JournalDocument } from '../journal.ts'

export interface Stored {
  _id: string
  key: string
  at: Date
  data?: Record<string, unknown>
  /** Instead of data. */
  data_json?: string
  expires_at: Date
}

/** MongoDB refuses documents that are nested deeper than 100; ours begin at one. */
const MAX_DEPTH = 90

export function toStored({ id, key, at, data }: JournalDocument, expires_at: Date): Stored {
  const text = JSON.stringify(data)
  // As JSON: on every driver a Date is its text and undefined is nothing.
  const plain = JSON.parse(text) as Record<string, unknown>
  const kept = survives(plain, MAX_DEPTH) ? { data: plain } : { data_json: text }
  return { _id: id, key, at, ...kept, expires_at }
}

export const fromStored = ({ _id, key, at, data, data_json }: Stored): JournalDocument => ({
  id: _id,
  key,
  at,
  data: data_json === undefined ? (data ?? {}) : (JSON.parse(data_json) as Record<string, unknown>),
})

function survives(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value !== 'object' || value === null) return true
  if (depth === 0) return false
  if (Array.isArray(value)) return value.every((item) => survives(item, depth - 1))
  return Object.entries(value).every(([key, item]) => isPlainKey(key) && survives(item, depth - 1))
}

/** Not a literal in the function, which would be an object for each key of each document. */
const SPECIAL = /^\$|[.\0]/

/** `_bsontype` makes the driver take an object for one of its own types; `__proto__` does not come back as a key. */
const isPlainKey = (key: string) =>
  key !== '' && !SPECIAL.test(key) && key.isWellFormed() && key !== '_bsontype' && key !== '__proto__'
