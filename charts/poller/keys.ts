/** Where a workbook's chart goes: `uploads/a/x.xlsx` → `graficos/a/x` and then .png, .svg, .json or .error.json. */
export const UPLOADS = 'uploads/'
export const CHARTS = 'graficos/'

/** Without suffix: `.xlsx` goes, any other suffix stays in the name, so that `x.csv` and `x.xlsx` do not meet. */
export function outputBase(name: string): string {
  return name.replace(/\.xlsx$/i, '')
}

export function outputKey(source_key: string): string {
  return CHARTS + outputBase(source_key.slice(UPLOADS.length))
}

/** What programs leave beside the files they work on: nobody expects a chart of it. */
export function isAside(source_key: string): boolean {
  const names = source_key.slice(UPLOADS.length).split('/')
  return (
    names.some((name) => name.startsWith('.') || name.startsWith('~$') || name === '__MACOSX') ||
    /(\.(part|partial|filepart|crdownload|download|tmp|temp|swp|lock)|~|^thumbs\.db|^desktop\.ini)$/i.test(
      names.at(-1)!,
    )
  )
}
