/** Limits of the history, the same on every driver, so that no row is refused on one engine alone. */
import { AppError } from '../../../lib/errors.ts'
import type { HistoryRow } from './history.ts'

/** An event of 1 MiB with what the catalogue knows of it fits; Cassandra's own limit is half a segment of its log. */
export const MAX_DATA_BYTES = 4 * 1024 * 1024
/** Of partition and id each: PostgreSQL's index takes 2.7 KB for the whole key. */
const MAX_KEY_BYTES = 1000

/** Throws AppError unless every row can be kept, and read as it was, by every driver. */
export function checkRows(rows: HistoryRow[]): void {
  for (const { partition, at, id, data } of rows) {
    if (partition === '') throw refused('A row without a partition cannot be kept; name one.')
    for (const key of [partition, id])
      if (Buffer.byteLength(key) > MAX_KEY_BYTES)
        throw refused(`A partition or id of more than ${MAX_KEY_BYTES} bytes cannot be kept.`)
    if (Number.isNaN(at.getTime())) throw refused(`A row whose time is no date cannot be kept.`)
    const text = JSON.stringify(data)
    // A character is at most three bytes: most rows need not be measured.
    if (text.length * 3 > MAX_DATA_BYTES && Buffer.byteLength(text) > MAX_DATA_BYTES)
      throw refused(`A row of ${Buffer.byteLength(text)} bytes cannot be kept; the limit is ${MAX_DATA_BYTES} bytes.`)
    if (!isText(partition) || !isText(id) || holdsNoText(text))
      throw refused('A row with a NUL character or half a surrogate pair in a string cannot be kept.')
  }
}

/** Throws AppError unless `table` can be part of a table's name on every driver. */
export function checkTable(table: string): void {
  if (/^[a-z][a-z0-9_]{0,39}$/.test(table)) return
  const shown = JSON.stringify(table.slice(0, 80))
  const detail = `${shown} cannot name a history; use 1 to 40 small letters, digits and underscores.`
  throw new AppError('invalid', 'history_name_invalid', detail)
}

const isText = (text: string) => !text.includes('\0') && text.isWellFormed()

/** JSON writes both as escapes: a backslash that is itself not escaped, then u and the code. */
const holdsNoText = (json: string) => json.includes('\\u') && /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(json)

const refused = (detail: string) => new AppError('invalid', 'history_refused', detail)
