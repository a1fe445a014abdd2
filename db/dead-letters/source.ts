/** What dead letters ask of the source that their messages came from: `orders` now, others by the same interface. */
import type { TObject } from '@sinclair/typebox'
import type { ISql } from 'postgres'
import type { Letter } from './letters.ts'

export type DeadMessage = Pick<Letter, 'message_id' | 'replay' | 'death'>

export type FieldValue = string | number | boolean

export interface LetterSource {
  /** As letters have it in `source`. */
  name: string
  /** Whether the message could be read. If not, its id is whatever its broker had, perhaps that of another message. */
  isReadable(letter: Pick<Letter, 'death'>): boolean
  /** The fields of a message that a person may change before it is replayed, with their types and limits. */
  editable: TObject
  /** The values of these; null where the body is no message of the source. */
  readFields(body: Uint8Array): Record<string, FieldValue> | null
  /** A message that has them, with other values in some of these. */
  withFields(body: Uint8Array, fields: Record<string, FieldValue>): Uint8Array
  /** The letters of messages that could be read go to the bin; called in the transaction that moves them. */
  binned(tx: ISql, messages: DeadMessage[]): Promise<void>
  /** The letters come back from the bin. */
  restored(tx: ISql, messages: DeadMessage[]): Promise<void>
}
