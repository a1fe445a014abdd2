/** Where a workbook's chart goes: `uploads/a/x.xlsx` → `graficos/a/x` and then .png, .svg, .json or .error.json. */
import { UPLOADS } from '../../db/charts/uploads.ts'

export const CHARTS = 'graficos/'

/** Without suffix: `.xlsx` goes, any other suffix stays in the name, so that `x.csv` and `x.xlsx` do not meet. */
export function outputBase(name: string): string {
  return name.replace(/\.xlsx$/i, '')
}

export function outputKey(source_key: string): string {
  return CHARTS + outputBase(source_key.slice(UPLOADS.length))
}
