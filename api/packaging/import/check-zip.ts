/** Looks into a zip before anything inflates it whole: exceljs does so without any limit. */
import { fromBufferPromise, type ZipFile } from 'yauzl'
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

/** Each part costs memory before a byte is inflated; no workbook has more. */
const MOST_PARTS = 10_000

/** Throws WorkbookFault for what is no workbook, or inflates to more than `inflated_bytes`, declared or really. */
export async function checkZip(bytes: Buffer, inflated_bytes: number): Promise<void> {
  const tooLarge = new WorkbookFault({
    en: `The workbook unpacks to more than ${inflated_bytes / 1024 / 1024} MB.`,
    pt: `Descompactada, a planilha passa de ${inflated_bytes / 1024 / 1024} MB.`,
  })
  let zip: ZipFile | undefined
  try {
    zip = await fromBufferPromise(bytes, { lazyEntries: true, autoClose: false })
    if (zip.entryCount > MOST_PARTS) throw tooLarge
    let declared = 0
    let real = 0
    let workbook = false
    for await (const entry of zip.eachEntry()) {
      if (entry.isEncrypted())
        throw new WorkbookFault({
          en: 'The workbook has a password; save it without one.',
          pt: 'A planilha tem senha; salve-a sem senha.',
        })
      workbook ||= entry.fileName.replaceAll('\\', '/').toLowerCase().endsWith('xl/workbook.xml')
      declared += entry.uncompressedSize
      if (declared > inflated_bytes) throw tooLarge
      if (entry.fileName.endsWith('/')) continue
      for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Uint8Array>)
        if ((real += chunk.length) > inflated_bytes) throw tooLarge
    }
    if (!workbook)
      throw new WorkbookFault({
        en: 'The file is a zip, but no .xlsx workbook; save the table as .xlsx or CSV.',
        pt: 'O arquivo é um zip, mas não uma planilha .xlsx; salve a tabela como .xlsx ou CSV.',
      })
  } catch (thrown) {
    if (thrown instanceof WorkbookFault) throw thrown
    throw new WorkbookFault(
      {
        en: 'The workbook is damaged; save it again as .xlsx in Excel or LibreOffice.',
        pt: 'A planilha está danificada; salve-a de novo como .xlsx no Excel ou no LibreOffice.',
      },
      {
        cause: thrown,
      },
    )
  } finally {
    zip?.close()
  }
}
