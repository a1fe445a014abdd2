/** Query parameters: each one once, none that its route does not know, integers as decimal digits. */
import { validationFailed } from '../../lib/errors.ts'

/** Throws AppError invalid for a query that names a parameter twice. */
export function refuseRepeated(url: string): void {
  if (!url.includes('&')) return
  const seen = new Set<string>()
  for (const name of parameterNames(url)) {
    if (seen.has(name)) throw validationFailed([{ path: `/${name}`, message: REPEATED }])
    seen.add(name)
  }
}

/** Throws AppError invalid for a URL with a query parameter, for routes that take none. */
export function refuseParameters(url: string): void {
  const names = parameterNames(url)
  if (names.length > 0) throw validationFailed(names.map((name) => ({ path: `/${name}`, message: UNKNOWN })))
}

/** Makes numbers of parameters that are decimal digits; anything else is left for the schema to refuse. */
export function readIntegers(query: Record<string, unknown>, names: readonly string[]): void {
  for (const name of names) {
    const text = query[name]
    if (typeof text === 'string' && /^\d+$/.test(text)) query[name] = Number(text)
  }
}

function parameterNames(url: string): string[] {
  const start = url.indexOf('?')
  if (start === -1) return []
  const parts = url.slice(start + 1).split('&')
  return parts.filter(Boolean).map((part) => decodeURIComponent(part.split('=', 1)[0]!.replaceAll('+', ' ')))
}

const REPEATED = { en: 'is given more than once', pt: 'aparece mais de uma vez' }
const UNKNOWN = { en: 'is unknown', pt: 'é desconhecido' }
