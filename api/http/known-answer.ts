/**
 * ETags of what has no version of its own: a job, a run, an alert, a chart, a report. The tag is a hash of the answer, so
 * that who asks again with If-None-Match is told 304 until something in it, whatever it is, has changed.
 */
import { etagOf, isUnchanged } from './etag.ts'

interface Answered {
  request: Request
  route: string
  responseValue: unknown
  set: { status?: number | string; headers: Record<string, string | number> }
}

/** Of one resource: a GET with a parameter in its path, whose handler gives an object. */
export function tagAnswer({ request, route, responseValue, set }: Answered): Response | undefined {
  if (!route.includes(':') || !isPlain(responseValue)) return undefined
  if ((request.method !== 'GET' && request.method !== 'HEAD') || Number(set.status ?? 200) !== 200) return undefined
  const text = JSON.stringify(responseValue)
  const etag = etagOf(shortHash(text))
  const headers = { 'content-type': 'application/json', etag }
  return isUnchanged(request, etag)
    ? new Response(null, { status: 304, headers: { etag } })
    : new Response(text, { headers })
}

/** A stored file: its ETag comes from its version. `body` is let go when the client has it. */
export async function fileAnswer(
  request: Request,
  { version, body }: { version: string; body: ReadableStream<Uint8Array> },
  headers: Record<string, string>,
): Promise<Response> {
  const etag = etagOf(shortHash(version))
  if (!isUnchanged(request, etag)) return new Response(body, { headers: { ...headers, etag } })
  await body.cancel()
  const { 'cache-control': kept } = headers
  return new Response(null, { status: 304, headers: { etag, ...(kept && { 'cache-control': kept }) } })
}

const isPlain = (value: unknown): boolean =>
  value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype

const shortHash = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest('base64url').slice(0, 22)
