/** The objects below uploads/, where workbooks are dropped to be drawn, and below graficos/, where their charts are. */
import { createHash } from 'node:crypto'
import { isKey } from '../engines/objects/key.ts'

export const UPLOADS = 'uploads/'
const CHARTS = 'graficos/'

/** A name without `.xlsx`; any other suffix stays, so that `x.csv` and `x.xlsx` have charts of their own. */
export function outputBase(name: string): string {
  return name.replace(/\.xlsx$/i, '')
}

/**
 * Keys to which the suffixes of a chart's files are added, in order of preference: `uploads/a/x.xlsx` → `graficos/a/x`, and
 * `graficos/a/x.xlsx` where the chart of another workbook (`x.XLSX`) has that already. Each can be a key, whatever the name of
 * the workbook.
 */
export function outputKeys(source_key: string): [string, ...string[]] {
  // oxlint-disable-next-line no-control-regex -- they are what it is about
  const name = source_key.slice(UPLOADS.length).replace(/[\\\0-\x1f\ufffd-\uffff]/g, '_')
  const numbered = Array.from({ length: SAME_NAMES }, (_, at) => `${name}~${at + 2}`)
  // The JSON of `x.error.xlsx` would be the refusal of `x.xlsx`.
  const bases = [...new Set([outputBase(name), name, ...numbered])].filter((base) => !/\.error$/i.test(base))
  return bases.map(fitted) as [string, ...string[]]
}

/** `x.csv` and `x.csv.xlsx` are few enough. */
const SAME_NAMES = 20

/** Where the sentence for the owner of a workbook is. Of a chart's files it has the longest name. */
export const refusalKey = (output_key: string) => `${output_key}.error.json`

/** Every file of a chart. */
export const outputFiles = (output_key: string) =>
  [...['png', 'svg', 'json'].map((suffix) => `${output_key}.${suffix}`), refusalKey(output_key)] as const

/** `graficos/` and `base`, cut where the longest of its files could not have its name, with what tells it from others. */
function fitted(base: string): string {
  const key = CHARTS + base
  if (isKey(refusalKey(key))) return key
  const slash = key.lastIndexOf('/') + 1
  const mark = `~${createHash('sha256').update(base).digest('hex').slice(0, 8)}`
  const short = beginning(key.slice(slash), 200) + mark
  // Below many folders there is no room for it.
  return isKey(refusalKey(key.slice(0, slash) + short)) ? key.slice(0, slash) + short : CHARTS + short
}

/** As much of `text` as fits into so many bytes, without half a character. */
function beginning(text: string, bytes: number): string {
  return new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, bytes), { stream: true })
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
