import { useLocale } from '../languages.ts'

/** `amount`: a decimal text, which Intl reads as it stands, to the last digit. */
export function Money({ amount, currency }: { amount: string; currency: string }) {
  const locale = useLocale()
  const decimals = amount.split('.')[1]?.length ?? 0
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: 2,
    maximumFractionDigits: Math.max(2, decimals),
  })
  return <>{format.format(amount as Intl.StringNumericLiteral)}</>
}
