/**
 * JSON in UTF-8 that is well formed, not deeply nested, of few enough values, and read alike by everybody. Its text is measured
 * before it is parsed.
 */
import { AppError, validationFailed } from '../../lib/errors.ts'

/** Deeper than any document here, and far below the depth that exhausts a stack. */
const MAX_DEPTH = 64

/**
 * Values in one body: objects, lists, and what is in them. Each costs a microsecond where it is parsed and again where it is
 * checked, so that half a million, which fit into 1 MiB, would keep the event loop for seconds.
 */
const MAX_VALUES = 20_000

/** In an object's key, as it is written: each ~ and / of an unknown one is escaped in its error, which takes 0.3 µs. */
const MAX_KEY_LENGTH = 1000

/** The value in `bytes`. Throws AppError malformed, too_large, or invalid for a number that would be rounded. */
export function parseStrictly(bytes: Uint8Array): unknown {
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
  const measures = measure(text)
  if (measures.depth > MAX_DEPTH)
    throw new AppError('malformed', 'body_too_deep', {
      en: `The body nests deeper than ${MAX_DEPTH} levels.`,
      pt: `O corpo tem mais de ${MAX_DEPTH} níveis aninhados.`,
    })
  if (measures.values > MAX_VALUES)
    throw new AppError('too_large', 'body_too_many_values', {
      en: `The body holds more than ${MAX_VALUES} fields and items of lists.`,
      pt: `O corpo tem mais de ${MAX_VALUES} campos e itens de listas.`,
    })
  if (measures.longest_key > MAX_KEY_LENGTH)
    throw validationFailed([
      {
        path: '/',
        message: {
          en: `has a field whose name is longer than ${MAX_KEY_LENGTH} characters`,
          pt: `tem um campo com nome de mais de ${MAX_KEY_LENGTH} caracteres`,
        },
      },
    ])
  try {
    return parseAlike(text, measures)
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

/** JSON that every parser reads alike (RFC 8259, 4 and 6). */
function parseAlike(text: string, { pairs, rounded }: Measures): unknown {
  const value: unknown = JSON.parse(text)
  if (rounded !== undefined) throw inexactNumber(rounded)
  // Fewer than in the text: an object has a key twice, of which each parser may take another.
  if (countKeys(value) === pairs) return value
  throw new AppError('malformed', 'body_key_repeated', {
    en: 'An object of the body has the same key twice.',
    pt: 'Um objeto do corpo tem a mesma chave duas vezes.',
  })
}

/** A reviver would see every key, too, and take four times as long. */
function countKeys(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0
  if (Array.isArray(value)) return value.reduce<number>((count, part) => count + countKeys(part), 0)
  if (Object.hasOwn(value, '__proto__')) throw prototypeKey()
  const parts = Object.values(value)
  return parts.reduce<number>((count, part) => count + countKeys(part), parts.length)
}

function inexactNumber(source: string): AppError {
  const shown = source.length > 30 ? `${source.slice(0, 30)}…` : source
  const message = {
    en: `holds ${shown}, a number beyond 2^53; send it as text where the field takes one`,
    pt: `contém ${shown}, um número além de 2^53; envie-o como texto onde o campo aceita`,
  }
  return validationFailed([{ path: '/', message }])
}

interface Measures {
  /** Of objects and lists in each other. */
  depth: number
  /** Keys of all objects. */
  pairs: number
  /** At most. */
  values: number
  /** Characters between its quotes. */
  longest_key: number
  /** The first whole number beyond 2^53, which would silently be rounded. */
  rounded: string | undefined
}

/** What the text holds, without building it. */
function measure(text: string): Measures {
  const found: Measures = { depth: 0, pairs: 0, values: 0, longest_key: 0, rounded: undefined }
  let now = 0
  let length = 0
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (char === 34 /* " */) {
      const end = endOfText(text, i)
      length = end - i - 1
      i = end
    } else if (char === 123 /* { */ || char === 91 /* [ */) {
      found.values++
      if (++now > found.depth) found.depth = now
    } else if (char === 125 /* } */ || char === 93 /* ] */) now--
    else if (char === 58 /* : */) {
      found.pairs++
      if (length > found.longest_key) found.longest_key = length
    } else if (char === 44 /* , */) found.values++
    else if (char === 45 /* - */ || isDigit(char)) {
      const end = endOfNumber(text, i)
      if (end - i >= MIN_ROUNDED && isRounded(text.slice(i, end))) found.rounded ??= text.slice(i, end)
      i = end - 1
    }
  }
  return found
}

/** The index of the quote that ends the text which the one at `start` begins. */
function endOfText(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (char === 92 /* \ */) i++
    else if (char === 34 /* " */) return i
  }
  return text.length
}

function endOfNumber(text: string, start: number): number {
  let i = start + 1
  // Digits, + - . e E
  for (; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (!isDigit(char) && char !== 43 && char !== 45 && char !== 46 && char !== 69 && char !== 101) break
  }
  return i
}

const isDigit = (char: number) => char >= 48 && char <= 57

/** Digits of 2^53. */
const MIN_ROUNDED = 16

const isRounded = (number: string) =>
  /^-?\d+$/.test(number) && (number.length > MIN_ROUNDED + 1 || !Number.isSafeInteger(Number(number)))

const prototypeKey = () =>
  new AppError('malformed', 'body_key_refused', {
    en: 'The key "__proto__" is not accepted.',
    pt: 'A chave "__proto__" não é aceita.',
  })
