/** Where workbooks are dropped, and which files there are none. */
export const UPLOADS = 'uploads/'

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
