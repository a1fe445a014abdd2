/** The objects below uploads/, where workbooks are dropped to be drawn, and below graficos/, where their charts are. */
import { basename } from 'node:path/posix'
import type { Sql } from 'postgres'
import { recordAudit, type Actor } from '../audit/audit.ts'
import { auditedFile } from '../audit/audited-file.ts'
import { AppError } from '../../lib/errors.ts'
import { isKey } from '../engines/objects/key.ts'
import type { Objects } from '../engines/objects/objects.ts'
import { announceChart } from './claim-charts.ts'

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

/** A mark that turns the direction of writing would show another ending than the name has. */
const DRAWN = /^[^.\p{Cc}\p{Bidi_C}][^\p{Cc}\p{Bidi_C}]*\.(xlsx|csv)$/iu

/** For uploads. A file's name has at most 255 bytes, with the suffix of refusalKey. */
const MAX_NAME_BYTES = 240

/**
 * Stores a workbook where the poller looks; an earlier one of that name is replaced and drawn again. `file_name` is what
 * its owner calls it, with or without folders. Returns the chart's id, too. Throws AppError chart_name_invalid for what is
 * never drawn, chart_name_too_long.
 */
export async function uploadWorkbook(
  sql: Sql,
  objects: Objects,
  { name: file_name, bytes }: { name: string; bytes: Uint8Array },
  actor: Actor,
) {
  const name = basename(file_name.replaceAll('\\', '/')).trim()
  if (!DRAWN.test(name))
    throw new AppError('invalid', 'chart_name_invalid', {
      en: `"${name}" is not drawn; send a workbook whose name ends in .xlsx or .csv.`,
      pt: `"${name}" não vira gráfico; envie uma planilha cujo nome termine em .xlsx ou .csv.`,
    })
  const key = UPLOADS + name
  if (Buffer.byteLength(name) > MAX_NAME_BYTES)
    throw new AppError('invalid', 'chart_name_too_long', {
      en: `The name is longer than ${MAX_NAME_BYTES} bytes; send the workbook with a shorter one.`,
      pt: `O nome passa de ${MAX_NAME_BYTES} bytes; envie a planilha com um nome mais curto.`,
    })
  const { size_bytes, version } = await objects.put(key, bytes)
  const { target, details } = await auditedFile({ name, bytes })
  const id = await sql.begin(async (tx) => {
    const id = await announceChart(tx, { key, version })
    await recordAudit(tx, { ...actor, action: 'chart.uploaded', target, details: { id, key, version, ...details } })
    return id
  })
  return { id, key, name, size_bytes, version }
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
