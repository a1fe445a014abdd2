import { useLocale } from '../languages.ts'

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** A size as people say it, to three digits. */
export function Bytes({ of }: { of: number }) {
  const locale = useLocale()
  const power = of < 1 ? 0 : Math.min(Math.floor(Math.log10(of) / 3), UNITS.length - 1)
  const format = new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: UNITS[power]!,
    maximumSignificantDigits: 3,
  })
  return <>{format.format(of / 1000 ** power)}</>
}
