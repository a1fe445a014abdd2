/** Limits of the history, the same on every driver, so that no row is refused on one engine alone. */
import { AppError } from '../../../lib/errors.ts'
import type { Translated } from '../../../lib/texts.ts'
import type { HistoryRow } from './history.ts'

/** An event of 1 MiB with what the catalogue knows of it fits; Cassandra's own limit is half a segment of its log. */
export const MAX_DATA_BYTES = 4 * 1024 * 1024
/** Of partition and id each: PostgreSQL's index takes 2.7 KB for the whole key. */
const MAX_KEY_BYTES = 1000

/** Throws AppError unless every row can be kept, and read as it was, by every driver. */
export function checkRows(rows: HistoryRow[]): void {
  for (const { partition, at, id, data } of rows) {
    if (partition === '')
      throw refused({
        en: 'A row without a partition cannot be kept; name one.',
        pt: 'Uma linha sem partição não pode ser guardada; indique uma.',
      })
    for (const key of [partition, id])
      if (Buffer.byteLength(key) > MAX_KEY_BYTES)
        throw refused({
          en: `A partition or id of more than ${MAX_KEY_BYTES} bytes cannot be kept.`,
          pt: `Uma partição ou um id de mais de ${MAX_KEY_BYTES} bytes não pode ser guardado.`,
        })
    if (Number.isNaN(at.getTime()))
      throw refused({
        en: 'A row whose time is no date cannot be kept.',
        pt: 'Uma linha cujo horário não é uma data não pode ser guardada.',
      })
    const text = JSON.stringify(data)
    // A character is at most three bytes: most rows need not be measured.
    const bytes = text.length * 3 > MAX_DATA_BYTES ? Buffer.byteLength(text) : 0
    if (bytes > MAX_DATA_BYTES)
      throw refused({
        en: `A row of ${bytes} bytes cannot be kept; the limit is ${MAX_DATA_BYTES} bytes.`,
        pt: `Uma linha de ${bytes} bytes não pode ser guardada; o limite é ${MAX_DATA_BYTES} bytes.`,
      })
    if (!isText(partition) || !isText(id) || holdsNoText(text))
      throw refused({
        en: 'A row with a NUL character or half a surrogate pair in a string cannot be kept.',
        pt: 'Uma linha com um caractere NUL ou meio par substituto em um texto não pode ser guardada.',
      })
  }
}

/** Throws AppError unless `table` can be part of a table's name on every driver. */
export function checkTable(table: string): void {
  if (/^[a-z][a-z0-9_]{0,39}$/.test(table)) return
  const shown = JSON.stringify(table.slice(0, 80))
  throw new AppError('invalid', 'history_name_invalid', {
    en: `${shown} cannot name a history; use 1 to 40 small letters, digits and underscores.`,
    pt: `${shown} não pode ser o nome de um histórico; use de 1 a 40 letras minúsculas, dígitos e sublinhados.`,
  })
}

const isText = (text: string) => !text.includes('\0') && text.isWellFormed()

/** JSON writes both as escapes: a backslash that is itself not escaped, then u and the code. */
const holdsNoText = (json: string) => json.includes('\\u') && /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(json)

const refused = (detail: Translated) => new AppError('invalid', 'history_refused', detail)
