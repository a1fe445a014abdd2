/** The language of an answer: Accept-Language (RFC 9110, 12.5.4), else LOCALE. */
import { LOCALES, type Locale } from '../../lib/texts.ts'

/** Regions do not matter: pt-PT gets pt-BR, en-GB en. `fallback`: LOCALE, where nothing is asked or nothing fits. */
export function languageOf(request: Request, fallback: Locale): Locale {
  const header = request.headers.get('accept-language')
  if (header === null) return fallback
  const qualities = readRanges(header)
  const any = qualities.get('*')
  qualities.delete('*')
  const quality = (locale: Locale) => qualities.get(locale) ?? any ?? UNNAMED
  // Of equal qualities the first wins: the one named first, else LOCALE.
  const candidates = [...(qualities.keys() as Iterable<Locale>), fallback, ...LOCALES]
  return candidates.reduce((best, next) => (quality(next) > quality(best) ? next : best))
}

/** Below any quality that can be written, and above 0, which refuses a language. */
const UNNAMED = 0.0001

const RANGE = /^(\*|[a-z]{1,8})(?:-[a-z0-9-]+)?(?:\s*;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i

/** Our languages and `*` with the best quality asked for each. Malformed ranges are ignored. */
function readRanges(header: string): Map<Locale | '*', number> {
  const qualities = new Map<Locale | '*', number>()
  for (const part of header.split(',')) {
    const [, language = '', q = '1'] = RANGE.exec(part.trim()) ?? []
    const range = RANGES[language.toLowerCase()]
    if (range) qualities.set(range, Math.max(Number(q), qualities.get(range) ?? 0))
  }
  return qualities
}

const RANGES: Record<string, Locale | '*' | undefined> = { pt: 'pt-BR', en: 'en', '*': '*' }
