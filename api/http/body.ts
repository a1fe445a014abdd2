/** Reads bodies within the limit of their route, and JSON that is well formed, not deeply nested and read alike by everybody. */
import { AppError, validationFailed } from '../../lib/errors.ts'
import { bodyUnreadable } from './problems.ts'
import { contextOf } from './request-context.ts'

/** Deeper than any document here, and far below the depth that exhausts a stack. */
const MAX_DEPTH = 64

/** Throws AppError too_large before anything is read when the client announces more than its route takes. */
export function refuseHugeBody(request: Request): void {
  const { max_body_bytes } = contextOf(request)
  if (Number(request.headers.get('content-length') ?? 0) > max_body_bytes) throw tooLarge(max_body_bytes)
}

/** The body as JSON. Throws AppError malformed, invalid or too_large. */
export async function readJson(request: Request): Promise<unknown> {
  return parseJson(await readBytes(request))
}

/** An object or a list that is not empty, which every body here is. Throws AppError malformed or invalid. */
export function parseJson(bytes: Uint8Array): unknown {
  const value = parseText(bytes)
  // Elysia takes an empty list for no body where a body is optional.
  if (value !== null && typeof value === 'object' && !(Array.isArray(value) && value.length === 0)) return value
  const message = {
    en: 'must be an object, or a list that is not empty',
    pt: 'deve ser um objeto, ou uma lista não vazia',
  }
  throw validationFailed([{ path: '/', message }])
}

function parseText(bytes: Uint8Array): unknown {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch (cause) {
    throw new AppError(
      'malformed',
      'body_not_utf8',
      { en: 'The body is not valid UTF-8.', pt: 'O corpo não é UTF-8 válido.' },
      { cause },
    )
  }
  const { depth, pairs } = measure(text)
  if (depth > MAX_DEPTH)
    throw new AppError('malformed', 'body_too_deep', {
      en: `The body nests deeper than ${MAX_DEPTH} levels.`,
      pt: `O corpo tem mais de ${MAX_DEPTH} níveis aninhados.`,
    })
  try {
    return parseStrictly(text, pairs)
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError(
      'malformed',
      'body_not_json',
      { en: 'The body is not valid JSON.', pt: 'O corpo não é JSON válido.' },
      { cause },
    )
  }
}

/**
 * JSON that every parser reads alike (RFC 8259, 4 and 6). `pairs`: the keys in the text; fewer in the value mean that an
 * object has a key twice, of which each parser may take another.
 */
function parseStrictly(text: string, pairs: number): unknown {
  // The reviver sees the root as the value of one more key.
  let kept = -1
  const value: unknown = JSON.parse(text, function (this: unknown, key: string, part: unknown, token?: Token): unknown {
    if (!Array.isArray(this)) kept++
    if (key === '__proto__') throw prototypeKey()
    if (typeof part === 'number') refuseInexact(part, token?.source)
    return part
  } as (key: string, part: unknown) => unknown)
  if (kept === pairs) return value
  throw new AppError('malformed', 'body_key_repeated', {
    en: 'An object of the body has the same key twice.',
    pt: 'Um objeto do corpo tem a mesma chave duas vezes.',
  })
}

/** The third argument of a reviver. */
interface Token {
  source?: string
}

/** A whole number beyond 2^53 would silently be rounded. */
function refuseInexact(value: number, source = ''): void {
  if (Number.isSafeInteger(value) || !/^-?\d+$/.test(source)) return
  const shown = source.length > 30 ? `${source.slice(0, 30)}…` : source
  const message = {
    en: `holds ${shown}, a number beyond 2^53; send it as text where the field takes one`,
    pt: `contém ${shown}, um número além de 2^53; envie-o como texto onde o campo aceita`,
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
  context.body = parts.length === 1 ? parts[0]! : new Uint8Array(Buffer.concat(parts))
  return context.body
}

function tooLarge(max_bytes: number): AppError {
  return new AppError('too_large', 'body_too_large', {
    en: `The body is larger than ${Math.floor(max_bytes / 1024)} KiB.`,
    pt: `O corpo passa de ${Math.floor(max_bytes / 1024)} KiB.`,
  })
}

/** The depth of objects and arrays, and the number of keys, without building them. */
function measure(text: string): { depth: number; pairs: number } {
  let now = 0
  let depth = 0
  let pairs = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (quoted) {
      if (char === 92 /* \ */) i++
      else if (char === 34 /* " */) quoted = false
    } else if (char === 34) quoted = true
    else if (char === 123 /* { */ || char === 91 /* [ */) depth = Math.max(depth, ++now)
    else if (char === 125 /* } */ || char === 93 /* ] */) now--
    else if (char === 58 /* : */) pairs++
  }
  return { depth, pairs }
}

const prototypeKey = () =>
  new AppError('malformed', 'body_key_refused', {
    en: 'The key "__proto__" is not accepted.',
    pt: 'A chave "__proto__" não é aceita.',
  })
