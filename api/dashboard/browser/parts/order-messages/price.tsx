import { useLocale } from '../../languages.ts'

/** `of`: a decimal text, which Intl reads as it stands. Orders name no currency. */
export function Price({ of }: { of: string }) {
  const locale = useLocale()
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 4 })
  return <>{format.format(of as Intl.StringNumericLiteral)}</>
}
