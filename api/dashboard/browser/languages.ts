/** The language of the page: the person's choice, else the browser's. Texts stand in files named texts.ts, one a folder. */
import { createContext, useContext } from 'react'
import { LOCALES, textIn, type Locale, type Translated } from '../../../lib/texts.ts'

export type { Locale, Translated }
/** A text that depends on a number. */
export interface Counted {
  one: Translated
  other: Translated
}
export type Values = Record<string, string | number>

const KEPT = 'doca.language'

export function chosenLocale(): Locale {
  const kept = localStorage.getItem(KEPT)
  if (isLocale(kept)) return kept
  for (const language of navigator.languages) {
    if (language.startsWith('pt')) return 'pt-BR'
    if (language.startsWith('en')) return 'en'
  }
  return 'pt-BR'
}

export const keepLocale = (locale: Locale): void => localStorage.setItem(KEPT, locale)

const isLocale = (text: string | null): text is Locale => (LOCALES as readonly (string | null)[]).includes(text)

export const LocaleContext = createContext<Locale>('pt-BR')
/** Changes it. */
export const LanguageSwitchContext = createContext<(locale: Locale) => void>(() => {})
export const useLocale = (): Locale => useContext(LocaleContext)

/** `say(text, values)`: the text in the page's language, with its {names} filled; `count` chooses among counted ones. */
export function useSay() {
  const locale = useLocale()
  return (text: Translated | Counted, values: Values = {}) => sayIn(locale, text, values)
}

export function sayIn(locale: Locale, text: Translated | Counted, values: Values = {}): string {
  const chosen = 'one' in text ? text[pluralOf(Number(values.count), locale)] : text
  const number = new Intl.NumberFormat(locale)
  return textIn(chosen, locale).replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name]
    return typeof value === 'number' ? number.format(value) : isolated(value ?? whole)
  })
}

/** Portuguese has one for nothing, too; it has a form of its own for millions, which reads as the others. */
const pluralOf = (count: number, locale: Locale): 'one' | 'other' =>
  new Intl.PluralRules(locale).select(count) === 'one' ? 'one' : 'other'

/** A name written from right to left, or with a character that turns the direction, leaves the sentence around it as it is. */
const isolated = (text: string): string => (TURNS.test(text) ? `\u2068${text}\u2069` : text)

const TURNS =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u
