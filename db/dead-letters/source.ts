/** What dead letters ask of the source that their messages came from; sources.ts names all of them. */
import type { TObject } from '@sinclair/typebox'
import type { ISql, Sql } from 'postgres'
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
  /** The messages, those that could be read, are about to be published again. */
  replayed(tx: ISql, messages: DeadMessage[]): Promise<void>
}

/** A letter whose message is published again. */
export type SentLetter = Pick<Letter, 'id' | 'message_id' | 'replay' | 'death' | 'left_at'>

/** How a message ended that was published again: `died_as` is its new letter. */
export type ReplayOutcome = { id: string } & (
  { state: 'succeeded'; died_as: null } | { state: 'died_again'; died_as: string | null }
)

/** A source into which letters can be replayed. */
export interface ReplaySource extends LetterSource {
  /**
   * Publishes the messages as replay + 1; resolves when the engine has them. May come again with the same letters, after a
   * crash: all copies are one message.
   */
  publish(letters: Array<SentLetter & Pick<Letter, 'body' | 'headers'>>): Promise<void>
  /** Of those that have ended. */
  outcomes(sql: Sql, letters: SentLetter[]): Promise<ReplayOutcome[]>
}
