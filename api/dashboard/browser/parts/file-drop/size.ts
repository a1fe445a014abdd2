import type { Locale } from '../../languages.ts'

const MB = 1024 * 1024

/** A file's size as people say it: as the limits of Doca, in MB of 1024 × 1024 bytes. */
export function sizeIn(bytes: number, locale: Locale): string {
  const [amount, unit] = bytes >= MB / 10 ? [bytes / MB, 'megabyte'] : [Math.max(1, bytes / 1024), 'kilobyte']
  return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: bytes >= 10 * MB ? 0 : 1 }).format(
    amount,
  )
}
