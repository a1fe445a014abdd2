/** Reads bodies within the limit of their route, and JSON of the outline that the route's schema has. */
import type { TSchema } from '@sinclair/typebox'
import { AppError, validationFailed } from '../../lib/errors.ts'
import { outlineErrors } from '../../lib/outline.ts'
import { bodyUnreadable } from './problems.ts'
import { contextOf } from './request-context.ts'
import { parseStrictly } from './strict-json.ts'

/** Throws AppError too_large before anything is read when the client announces more than its route takes. */
export function refuseHugeBody(request: Request): void {
  const { max_body_bytes } = contextOf(request)
  if (Number(request.headers.get('content-length') ?? 0) > max_body_bytes) throw tooLarge(max_body_bytes)
}

/** Throws AppError unsupported for a compressed body, which would be read as one that is damaged (RFC 9110, 8.4). */
export function refuseEncodedBody(request: Request): void {
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase()
  if (!encoding || encoding === 'identity' || !request.body) return
  throw new AppError('unsupported', 'body_encoding_unsupported', {
    en: `Send the body as it is, without Content-Encoding ${encoding.slice(0, 50)}.`,
    pt: `Envie o corpo como é, sem Content-Encoding ${encoding.slice(0, 50)}.`,
  })
}

/** The body as JSON, of the outline that its route's schema has. Throws AppError malformed, invalid or too_large. */
export async function readJson(request: Request): Promise<unknown> {
  const { rules } = contextOf(request)
  // Where a body may let its sender in, denial still comes before validation.
  return parseJson(await readBytes(request), rules?.access === 'either' ? undefined : rules?.body_schema)
}

/**
 * An object or a list that is not empty, which every body here is, of the outline that `schema` has. Throws AppError malformed,
 * invalid or too_large.
 */
export function parseJson(bytes: Uint8Array, schema?: TSchema): unknown {
  const value = parseStrictly(bytes)
  const errors = schema ? outlineErrors(schema, value) : []
  if (errors.length > 0) throw validationFailed(errors)
  // Elysia takes an empty list for no body where a body is optional.
  if (value !== null && typeof value === 'object' && !(Array.isArray(value) && value.length === 0)) return value
  const message = {
    en: 'must be an object, or a list that is not empty',
    pt: 'deve ser um objeto, ou uma lista não vazia',
  }
  throw validationFailed([{ path: '/', message }])
}

/** The bytes that were read of a request's body. */
export const bodyOf = (request: Request): Uint8Array => contextOf(request).body

/** At most what its route takes, also when the client announces no length or a wrong one. */
export async function readBytes(request: Request): Promise<Uint8Array> {
  if (!request.body) return new Uint8Array()
  const context = contextOf(request)
  const parts: Uint8Array[] = []
  let size_bytes = 0
  try {
    for await (const part of request.body as unknown as AsyncIterable<Uint8Array>) {
      size_bytes += part.byteLength
      if (size_bytes > context.max_body_bytes) throw tooLarge(context.max_body_bytes)
      parts.push(part)
    }
  } catch (thrown) {
    // The client went away, or its chunks are malformed.
    throw thrown instanceof AppError ? thrown : bodyUnreadable(thrown)
  }
  context.body = parts.length === 1 ? parts[0]! : joined(parts, size_bytes)
  return context.body
}

/** With one copy, since 25 MB take 10 ms. */
function joined(parts: Uint8Array[], size_bytes: number): Uint8Array {
  const bytes = new Uint8Array(size_bytes)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.byteLength
  }
  return bytes
}

function tooLarge(max_bytes: number): AppError {
  return new AppError('too_large', 'body_too_large', {
    en: `The body is larger than ${Math.floor(max_bytes / 1024)} KiB.`,
    pt: `O corpo passa de ${Math.floor(max_bytes / 1024)} KiB.`,
  })
}
