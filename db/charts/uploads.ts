/** The objects below uploads/: where workbooks are dropped to be drawn. */
import { basename } from 'node:path/posix'
import { AppError } from '../../lib/errors.ts'
import type { Objects } from '../engines/objects/objects.ts'

export const UPLOADS = 'uploads/'

/**
 * Stores a workbook where the poller looks; an earlier one of that name is replaced and drawn again. `file_name` is what
 * its owner calls it, with or without folders. Throws AppError chart_name_invalid for what is never drawn.
 */
export async function uploadWorkbook(objects: Objects, file_name: string, bytes: Uint8Array) {
  const name = basename(file_name.replaceAll('\\', '/')).trim()
  if (!/^[^.\p{Cc}]\P{Cc}*\.(xlsx|csv)$/iu.test(name))
    throw new AppError('invalid', 'chart_name_invalid', {
      en: `"${name}" is not drawn; send a workbook whose name ends in .xlsx or .csv.`,
      pt: `"${name}" não vira gráfico; envie uma planilha cujo nome termine em .xlsx ou .csv.`,
    })
  const key = UPLOADS + name
  const { size_bytes, version } = await objects.put(key, bytes)
  return { key, name, size_bytes, version }
}

/** Whether a program left it beside the file it works on, and nobody expects a chart of it. */
export function isAside(source_key: string): boolean {
  const names = source_key.slice(UPLOADS.length).split('/')
  return (
    names.some((name) => name.startsWith('.') || name.startsWith('~$') || name === '__MACOSX') ||
    /(\.(part|partial|filepart|crdownload|download|tmp|temp|swp|lock)|~|^thumbs\.db|^desktop\.ini)$/i.test(
      names.at(-1)!,
    )
  )
}
