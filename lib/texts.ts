/**
 * Texts for people in the two languages of Doca. English is also what logs and command lines speak; a text that no person
 * outside this house reads may be English alone.
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
