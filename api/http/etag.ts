/**
 * Conditional requests (RFC 9110, 13): If-Match for resources that carry a version number, If-None-Match for all. What has
 * no version of its own (a job, a run, an alert, a chart, a report) is tagged with a hash of its answer.
 */
import { isPlain, JSON_TYPE, wholeAnswer } from './answers.ts'
import { withoutEncoding } from './compression.ts'
import type { OpenStreams } from './open-streams.ts'

export const etagOf = (version: number | string): string => `"${version}"`

/** The versions that If-Match allows; undefined when the client does not care. */
export function versionsAllowed(request: Request): number[] | undefined {
  const header = request.headers.get('if-match')?.trim()
  if (header === undefined || header === '*') return undefined
  return header.split(',').flatMap((tag) => {
    const version = /^"(0|[1-9]\d{0,14})"$/.exec(withoutEncoding(tag.trim()))?.[1]
    return version ? [Number(version)] : []
  })
}

export function isUnchanged(request: Request, etag: string): boolean {
  const header = request.headers.get('if-none-match')
  if (header?.trim() === '*') return true
  return header?.split(',').some((tag) => withoutEncoding(tag.trim().replace(/^W\//, '')) === etag) ?? false
}

interface Answered {
  request: Request
  route: string
  responseValue: unknown
  set: { status?: number | string; headers: Record<string, string | number> }
}

/** The tagged answer, or 304, of a GET with a parameter in its path whose handler returned an object; undefined for others. */
export function tagAnswer({ request, route, responseValue, set }: Answered): Response | undefined {
  if (!route.includes(':') || !isPlain(responseValue)) return undefined
  if ((request.method !== 'GET' && request.method !== 'HEAD') || Number(set.status ?? 200) !== 200) return undefined
  const text = JSON.stringify(responseValue)
  const etag = etagOf(shortHash(text))
  const headers = { ...JSON_TYPE, etag }
  return isUnchanged(request, etag)
    ? new Response(null, { status: 304, headers: { etag } })
    : wholeAnswer(text, headers)
}

/** A text, tagged by a hash of it, or 304. */
export function textAnswer(request: Request, text: string, headers: Record<string, string>): Response {
  const etag = etagOf(shortHash(text))
  if (!isUnchanged(request, etag)) return wholeAnswer(text, { ...headers, etag })
  const { vary } = headers
  return new Response(null, { status: 304, headers: { etag, ...(vary && { vary }) } })
}

/** A stored file, tagged by its version, or 304. `body` is cancelled when the client has it already. */
export async function fileAnswer(
  streams: OpenStreams,
  request: Request,
  { version, body }: { version: string; body: ReadableStream<Uint8Array> },
  headers: Record<string, string>,
): Promise<Response> {
  const etag = etagOf(shortHash(version))
  if (!isUnchanged(request, etag)) return streams.answer(request, body, { ...headers, etag })
  await body.cancel()
  const { 'cache-control': kept } = headers
  return new Response(null, { status: 304, headers: { etag, ...(kept && { 'cache-control': kept }) } })
}

export const shortHash = (text: string | Uint8Array) =>
  new Bun.CryptoHasher('sha256').update(text).digest('base64url').slice(0, 22)
