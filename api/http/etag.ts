/** ETag, If-Match and If-None-Match (RFC 9110, 13) for resources that carry a version number. */

export const etagOf = (version: number | string): string => `"${version}"`

/** The versions that If-Match allows; undefined when the client does not care. */
export function versionsAllowed(request: Request): number[] | undefined {
  const header = request.headers.get('if-match')?.trim()
  if (header === undefined || header === '*') return undefined
  return header.split(',').flatMap((tag) => {
    const version = /^"(0|[1-9]\d{0,14})"$/.exec(tag.trim())?.[1]
    return version ? [Number(version)] : []
  })
}

export function isUnchanged(request: Request, etag: string): boolean {
  const header = request.headers.get('if-none-match')
  if (header?.trim() === '*') return true
  return header?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag) ?? false
}
