/** Looks into a zip before anything inflates it whole: exceljs does so without any limit. */
import { inspectZip, ZipFault } from '../../../lib/zip.ts'
import type { Translated } from '../../../lib/texts.ts'

/** The file's fault, not ours; the message says what to do. */
export class WorkbookFault extends Error {
  constructor(
    readonly text: Translated,
    options: { cause?: unknown } = {},
  ) {
    super(text.en, options)
  }
}

/** Throws WorkbookFault for what is no workbook, or inflates to more than `inflated_bytes`, declared or really. */
export async function checkZip(bytes: Buffer, inflated_bytes: number): Promise<void> {
  try {
    await inspectZip(bytes, inflated_bytes, {
      names(names) {
        if (!names.includes('xl/workbook.xml')) throw new WorkbookFault(NO_WORKBOOK)
      },
    })
  } catch (thrown) {
    if (thrown instanceof WorkbookFault) throw thrown
    const code = thrown instanceof ZipFault ? thrown.code : 'damaged'
    const text = code === 'too_large' ? tooLarge(inflated_bytes) : code === 'encrypted' ? ENCRYPTED : DAMAGED
    throw new WorkbookFault(text, { cause: thrown })
  }
}

const tooLarge = (inflated_bytes: number): Translated => ({
  en: `The workbook unpacks to more than ${inflated_bytes / 1024 / 1024} MB.`,
  pt: `Descompactada, a planilha passa de ${inflated_bytes / 1024 / 1024} MB.`,
})
const ENCRYPTED = {
  en: 'The workbook has a password; save it without one.',
  pt: 'A planilha tem senha; salve-a sem senha.',
}
const NO_WORKBOOK = {
  en: 'The file is a zip, but no .xlsx workbook; save the table as .xlsx or CSV.',
  pt: 'O arquivo é um zip, mas não uma planilha .xlsx; salve a tabela como .xlsx ou CSV.',
}
const DAMAGED = {
  en: 'The workbook is damaged; save it again as .xlsx in Excel or LibreOffice.',
  pt: 'A planilha está danificada; salve-a de novo como .xlsx no Excel ou no LibreOffice.',
}
