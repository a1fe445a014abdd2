/** The main figures of a report: those that are known in the page's language, others under their own names. */
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { numberIn } from '../../../../../lib/texts.ts'
import { useLocale, useSay } from '../../languages.ts'
import { Money } from '../../parts/money.tsx'
import { FIGURES } from './texts.ts'

/** The list behind a number, as it is today. */
const LISTS: Record<string, string> = { items: '/embalagens', low_stock: '/embalagens?stock=low' }

export function Figures({ of }: { of: Record<string, unknown> }) {
  const say = useSay()
  const locale = useLocale()
  const valueOf = (name: string, value: unknown): ReactNode => {
    if (typeof value === 'number') {
      const text = numberIn(value, locale, 2)
      return LISTS[name] ? <Link href={LISTS[name]}>{text}</Link> : text
    }
    if (name !== 'stock_value' || typeof value !== 'object' || value === null) return null
    const amounts = Object.entries(value as Record<string, string>)
    return amounts.map(([currency, amount], place) => (
      <span key={currency}>
        {place > 0 && ' + '}
        <Money amount={amount} currency={currency} />
      </span>
    ))
  }
  return (
    <dl className="figures">
      {Object.entries(of).map(([name, value]) => {
        const shown = valueOf(name, value)
        if (shown === null) return null
        const known = FIGURES[name as keyof typeof FIGURES]
        return (
          <div key={name}>
            <dt>{known ? say(known) : name}</dt> <dd>{shown}</dd>
          </div>
        )
      })}
    </dl>
  )
}
