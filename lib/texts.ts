/**
 * Texts for people in two languages. Logs and command lines are in English; a text that only developers and operators read
 * may be English alone.
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
