import { useLocale, type Locale } from '../languages.ts'

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** A size as people say it, to three digits. */
export function sizeIn(bytes: number, locale: Locale): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1)
  const format = new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: UNITS[power]!,
    maximumSignificantDigits: 3,
  })
  return format.format(bytes / 1000 ** power)
}

export function Bytes({ of }: { of: number }) {
  return <>{sizeIn(of, useLocale())}</>
}
