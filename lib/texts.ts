/**
 * Texts for people in two languages. Logs and command lines are in English, with an Error for what is only read there. What
 * people's own code, an engine or a program said is text as it came: between two of ours it is a quotation.
 */
export const LOCALES = ['pt-BR', 'en'] as const
export type Locale = (typeof LOCALES)[number]

export interface Translated {
  en: string
  pt: string
}
export type Text = string | Translated

export function textIn(text: Text, locale: Locale): string {
  if (typeof text === 'string') return text
  return locale === 'en' ? text.en : text.pt
}

/** Several as one. */
export const joined = (texts: Translated[], separator: string): Translated => ({
  en: texts.map(({ en }) => en).join(separator),
  pt: texts.map(({ pt }) => pt).join(separator),
})

/** With a full stop, where there is none. */
export const ended = ({ en, pt }: Translated): Translated => ({ en: withStop(en), pt: withStop(pt) })

const withStop = (sentence: string) => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`)

/** A sentence that is stored in two columns; without a Portuguese one it is quoted as it came. */
export const storedIn = (locale: Locale, en: string | null, pt: string | null): string | null =>
  locale === 'en' ? en : (pt ?? en)

/** Written as people of that language do, with at most `decimals` decimals. */
export const numberIn = (value: number, locale: Locale, decimals = 0): string =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: decimals }).format(value)

/** A time of the zone's clock, with the zone: 29/11/2026 21:22:01 (America/Sao_Paulo, UTC-3). */
export function timeIn(time: Date, locale: Locale, timezone: string): string {
  const at = new Intl.DateTimeFormat(locale === 'en' ? 'sv-SE' : locale, {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(time)
  const offset = new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'shortOffset' })
    .formatToParts(time)
    .find(({ type }) => type === 'timeZoneName')!.value
  const zone = timezone === 'UTC' ? 'UTC' : `${timezone}, ${offset.replace('GMT', 'UTC')}`
  return `${at.replace(',', '')} (${zone})`
}

/** The two largest units. */
export function durationIn(length_ms: number, locale: Locale): string {
  let rest_s = Math.max(0, Math.round(length_ms / 1000))
  const parts: string[] = []
  for (const [unit_s, unit] of [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ] as const) {
    const count = Math.floor(rest_s / unit_s)
    if (count > 0) parts.push(`${count} ${unit}`)
    rest_s -= count * unit_s
  }
  return parts.slice(0, 2).join(' ') || textIn({ en: 'less than 1 s', pt: 'menos de 1 s' }, locale)
}
