/** What dead letters ask of the source that their messages came from: `orders` now, others by the same interface. */
import type { ISql } from 'postgres'
import type { Letter } from './letters.ts'

export type DeadMessage = Pick<Letter, 'message_id' | 'replay'>

export interface LetterSource {
  /** As letters have it in `source`. */
  name: string
  /** The messages' letters go to the bin; called in the transaction that moves them. */
  binned(tx: ISql, messages: DeadMessage[]): Promise<void>
  /** The letters come back from the bin. */
  restored(tx: ISql, messages: DeadMessage[]): Promise<void>
}
