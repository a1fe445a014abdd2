/** The objects below uploads/, where workbooks are dropped to be drawn, and below graficos/, where their charts are. */
import { isKey } from '../engines/objects/key.ts'

export const UPLOADS = 'uploads/'
const CHARTS = 'graficos/'

/** A name without `.xlsx`; any other suffix stays, so that `x.csv` and `x.xlsx` have charts of their own. */
export function outputBase(name: string): string {
  return name.replace(/\.xlsx$/i, '')
}

/** `uploads/a/x.xlsx` → `graficos/a/x`, to which a suffix is added. */
export function outputKey(source_key: string): string {
  return CHARTS + outputBase(source_key.slice(UPLOADS.length))
}

/** Where the sentence for the owner of a workbook is. Of a chart's files it has the longest name. */
export const refusalKey = (output_key: string) => `${output_key}.error.json`

/** Whether the files of a chart could not have their names: of a workbook that was dropped by hand. */
export const isNameTooLong = (source_key: string) => !isKey(refusalKey(outputKey(source_key)))

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
