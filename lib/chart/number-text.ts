/** Numbers as their reader writes them: `R$ 1.234,50`, `12,5%`, `35 mi`, `7:30 h`; times on an axis as `jan`, `2026`. */
import type { Locale } from '../texts.ts'
import type { Unit } from './plan.ts'

export interface NumberTexts {
  /** On the axis: short. */
  tick(value: number): string
  /** Beside a bar or point: as exact as fits. */
  label(value: number): string
  /** The same without currency and unit, where the axis says them. */
  bare(value: number): string
}

/**
 * Formats for values of one unit whose sizes go up to `largest`; `step` is the distance between ticks. `has_parts`: not all of the values
 * are whole, so that amounts below a thousand all have their cents.
 */
export function numberTexts(locale: Locale, unit: Unit, largest: number, step: number, has_parts = false): NumberTexts {
  if (unit.kind === 'hours') return hoursTexts(locale, unit.seconds === true, largest)
  const [before, after, scale] = affixes(unit, locale)
  const wrap = (text: string, between = before, behind = after) => {
    const negative = text.startsWith('-')
    return `${negative ? '−' : ''}${between}${negative ? text.slice(1) : text}${behind}`
  }
  const big = Math.abs(largest * scale)
  const tick = new Intl.NumberFormat(locale, tickOptions(big, step * scale, unit))
  const label = new Intl.NumberFormat(locale, labelOptions(big, unit))
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const number = (value: number) => {
    if (value === 0) return '0'
    // Beside large values a small one keeps its digits: 0.5 is not 1.
    const size = Math.abs(value * scale)
    if (size < 100 && (big >= 100 || size < TINY) && !Number.isInteger(value * scale))
      return smallText(locale, unit, size).format(value * scale)
    const has_cents = has_parts && unit.kind === 'money' && big < 1_000
    const exact = Number.isInteger(value) && big < 1_000_000 && unit.kind !== 'percent' && !has_cents
    return (exact ? whole : label).format(value * scale)
  }
  return {
    tick: (value) => wrap(value === 0 && isScientific(big, step * scale) ? '0' : tick.format(value * scale)),
    label: (value) => wrap(number(value)),
    bare: (value) => (unit.kind === 'percent' ? wrap(number(value)) : wrap(number(value), '', '')),
  }
}

/** The longest of them in which seconds still tell something. */
const SECONDS_TO_H = 10

/** One way for ticks and labels: `7:30 h`; with seconds `4:32 min`, where some reach an hour `1:04:32 h`. */
function hoursTexts(locale: Locale, with_seconds: boolean, largest: number): NumberTexts {
  const has_seconds = with_seconds && largest < SECONDS_TO_H
  const in_minutes = has_seconds && largest < 1
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const write = (hours: number) => {
    const total = Math.round(Math.abs(hours) * (has_seconds ? 3600 : 60))
    const sign = hours < 0 && total > 0 ? '−' : ''
    const two = (number: number) => String(number).padStart(2, '0')
    const [upper, last] = [Math.floor(total / 60), two(total % 60)]
    if (in_minutes) return `${sign}${upper}:${last} min`
    if (!has_seconds) return `${sign}${whole.format(upper)}:${last} h`
    return `${sign}${whole.format(Math.floor(upper / 60))}:${two(upper % 60)}:${last} h`
  }
  return { tick: write, label: write, bare: write }
}

/** Beyond these a number is written as Excel does: `1,5E-9`, `2E300`. */
const TINY = 1e-5
const HUGE = 1e18

const isScientific = (big: number, step: number) => big >= HUGE || step < TINY

function smallText(locale: Locale, unit: Unit, size: number): Intl.NumberFormat {
  if (size < TINY) return new Intl.NumberFormat(locale, { notation: 'scientific', maximumFractionDigits: 1 })
  if (unit.kind === 'money' && size >= 0.005)
    return new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  return new Intl.NumberFormat(locale, size < 1 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 1 })
}

function tickOptions(big: number, step: number, unit: Unit): Intl.NumberFormatOptions {
  if (isScientific(big, step)) return { notation: 'scientific', maximumFractionDigits: 2 }
  const thousands = 1000 ** Math.floor(Math.log10(big) / 3)
  if (big >= 10_000 && decimalsOf(step / thousands) <= 2) return { notation: 'compact', maximumFractionDigits: 2 }
  const decimals = decimalsOf(step)
  if (unit.kind === 'money' && decimals === 1) return { minimumFractionDigits: 2, maximumFractionDigits: 2 }
  return { maximumFractionDigits: decimals }
}

/** The fewest decimals that write a multiple of the step exactly: 1 for steps of 2.5, 2 for 0.25. */
function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < 6; decimals++) {
    const shifted = step * 10 ** decimals
    if (Math.abs(shifted - Math.round(shifted)) < 1e-6 * shifted) return decimals
  }
  return 6
}

function labelOptions(big: number, unit: Unit): Intl.NumberFormatOptions {
  if (big >= HUGE) return { notation: 'scientific', maximumFractionDigits: 2 }
  if (big >= 1_000_000) return { notation: 'compact', minimumSignificantDigits: 3, maximumSignificantDigits: 3 }
  // Inflation goes by hundredths.
  if (unit.kind === 'percent') return { maximumFractionDigits: big < 10 ? 2 : 1 }
  if (big >= 1_000) return { maximumFractionDigits: 0 }
  if (unit.kind === 'money') return { minimumFractionDigits: 2, maximumFractionDigits: 2 }
  if (big >= 100) return { maximumFractionDigits: 1 }
  return big >= 1 ? { maximumFractionDigits: 2 } : { maximumSignificantDigits: 3 }
}

function affixes(
  unit: Exclude<Unit, { kind: 'hours' }>,
  locale: Locale,
): [before: string, after: string, scale: number] {
  switch (unit.kind) {
    case 'money':
      return [
        unit.currency && (locale === 'en' && unit.currency.length === 1 ? unit.currency : `${unit.currency} `),
        '',
        1,
      ]
    case 'percent':
      return ['', '%', unit.fraction ? 100 : 1]
    case 'plain':
      return ['', unit.suffix ? ` ${unit.suffix}` : '', 1]
  }
}
