/** What dead letters ask of the source that their messages came from: `orders` now, others by the same interface. */
import type { ISql } from 'postgres'
import type { Letter } from './letters.ts'

export type DeadMessage = Pick<Letter, 'message_id' | 'replay' | 'death'>

export interface LetterSource {
  /** As letters have it in `source`. */
  name: string
  /** Whether the message could be read. If not, its id is whatever its broker had, perhaps that of another message. */
  isReadable(letter: Pick<Letter, 'death'>): boolean
  /** The messages' letters go to the bin; called in the transaction that moves them. */
  binned(tx: ISql, messages: DeadMessage[]): Promise<void>
  /** The letters come back from the bin. */
  restored(tx: ISql, messages: DeadMessage[]): Promise<void>
}
