/** What a poller and its drawing processes say to each other. */
import type { DrawRequest, Drawing } from '../draw.ts'
import type { RefusalCode, RefusalFacts } from '../refusal.ts'

export type Order = DrawRequest

export type Answer =
  | { kind: 'drawn'; drawing: Drawing }
  | { kind: 'refused'; code: RefusalCode; facts: RefusalFacts }
  /** A fault of ours: the workbook met code that does not expect it. */
  | { kind: 'failed'; error: string }
