/** One letter, with as much of its bytes as a person looks at. */
import type { Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { listedColumns, type Letter, type ListedLetter } from './letters.ts'

/** Of a body, in one answer; the whole of it is read by readBody. */
export const SHOWN_BYTES = 64 * 1024
/** Letters of the same message, beside the one that is read. */
const OTHERS = 50

export interface WholeLetter extends ListedLetter {
  headers: Letter['headers']
  /** Its first SHOWN_BYTES. */
  shown: Uint8Array
}

/** Throws AppError dead_letter_not_found. */
export async function readLetter(sql: Sql, id: string): Promise<WholeLetter> {
  const [letter] = await sql<WholeLetter[]>`
    select ${listedColumns(sql)}, headers, substring(body from 1 for ${SHOWN_BYTES}) as shown from letters where id = ${id}`
  return letter ?? letterNotFound(id)
}

export interface OtherLetter extends Pick<Letter, 'id' | 'replay' | 'state' | 'died_at' | 'edited_from' | 'death'> {
  /** Of an edited copy, and of the original of this one, to tell what differs. */
  body: Uint8Array | null
}

/** The other letters of the same message, newest first: what died again, and edited copies. */
export function otherLetters(sql: Sql, letter: ListedLetter): Promise<OtherLetter[]> {
  const { source, message_id, id, edited_from } = letter
  return sql<OtherLetter[]>`
    select id, replay, state, died_at, edited_from, death,
      case when edited_from is not null or id = ${edited_from} then substring(body from 1 for ${SHOWN_BYTES + 1}) end as body
    from letters where source = ${source} and message_id = ${message_id} and id <> ${id} order by id desc limit ${OTHERS}`
}

export type LetterOfMessage = Pick<
  Letter,
  'id' | 'replay' | 'state' | 'step' | 'reason' | 'detail' | 'died_at' | 'left_at' | 'edited_from'
>

/** Every letter that a message has left, oldest first. */
export async function lettersOfMessage(sql: Sql, source: string, message_id: string): Promise<LetterOfMessage[]> {
  return sql<LetterOfMessage[]>`
    select id, replay, state, step, reason, detail, died_at, left_at, edited_from
    from letters where source = ${source} and message_id = ${message_id} order by id limit ${OTHERS}`
}

/** The bytes of a letter in pieces, so that a large one is never in memory as a whole. Throws AppError dead_letter_not_found. */
export async function readBody(
  sql: Sql,
  id: string,
): Promise<{ size_bytes: number; body: ReadableStream<Uint8Array> }> {
  const [letter] = await sql<[{ size_bytes: number }?]>`
    select octet_length(body) as size_bytes from letters where id = ${id}`
  if (!letter) letterNotFound(id)
  const { size_bytes } = letter
  let read = 0
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (read < size_bytes) {
        const [row] = await sql<[{ piece: Uint8Array }?]>`
          select substring(body from ${read + 1} for ${PIECE_BYTES}) as piece from letters where id = ${id}`
        if (!row) return letterNotFound(id)
        read += row.piece.byteLength
        controller.enqueue(row.piece)
      }
      if (read >= size_bytes) controller.close()
    },
  })
  return { size_bytes, body }
}

/** PostgreSQL sends bytes as text, which is read without a pause. */
const PIECE_BYTES = 512 * 1024

export function letterNotFound(id: string): never {
  throw new AppError('not_found', 'dead_letter_not_found', {
    en: `There is no dead letter ${id}.`,
    pt: `Não existe a dead letter ${id}.`,
  })
}
