/** A process that reads one file from its stdin. It has neither database nor secrets. Started by read-in-child.ts only. */
import { answerOrders } from '../../../lib/child/answer-orders.ts'
import { AppError, type ErrorItem } from '../../../lib/errors.ts'
import { SpreadsheetFault } from '../../../lib/spreadsheet/fault.ts'
import type { WorkbookLimits } from '../../../lib/spreadsheet/read-workbook.ts'
import { textIn, type Translated } from '../../../lib/texts.ts'
import type { PackagingField } from '../packaging.ts'
import { faultyFile } from './file-faults.ts'
import { readItems } from './read-items.ts'

export type ReadOrder = { read: WorkbookLimits } | 'next'

export type ReadAnswer =
  | { columns: PackagingField[] }
  | { refused: Translated & { errors: ErrorItem[] | undefined } }
  /** A JSON list of ImportRow; undefined after the last. */
  | { batch: string | undefined }

let batches: string[] = []

answerOrders(async (order: ReadOrder): Promise<ReadAnswer> => {
  if (order === 'next') return { batch: batches.shift() }
  try {
    const items = await readItems(await Bun.stdin.bytes(), order.read)
    batches = items.batches
    return { columns: items.columns }
  } catch (thrown) {
    const refusal = thrown instanceof SpreadsheetFault ? faultyFile(thrown.code, thrown.facts) : thrown
    if (!(refusal instanceof AppError)) throw refusal
    return {
      refused: { en: textIn(refusal.detail, 'en'), pt: textIn(refusal.detail, 'pt-BR'), errors: refusal.errors },
    }
  }
})
