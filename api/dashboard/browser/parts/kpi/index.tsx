/** KPIs in words: their values, their targets, and whether these are met. */
import { numberIn } from '../../../../../lib/texts.ts'
import type { Kpi } from '../../data/kpis.ts'
import { useLocale, useSay, type Locale } from '../../languages.ts'
import { Badge, type Tone } from '../badge.tsx'
import type { IconName } from '../icon.tsx'
import { KPIS, TEXTS } from './texts.ts'

/** A number stays with its unit. */
const NO_BREAK = '\u00a0'
const HOUR_S = 3600

function kpiValueIn(value: number, unit: Kpi['unit'], locale: Locale): string {
  if (unit === 's' && value >= HOUR_S) return `${numberIn(value / HOUR_S, locale, 1)}${NO_BREAK}h`
  if (unit === 's' && value >= 60) return `${numberIn(value / 60, locale, 1)}${NO_BREAK}min`
  const digits = unit === '%' ? 2 : value < 10 ? 1 : 0
  const number = numberIn(value, locale, digits)
  return unit === '%' ? `${number}%` : `${number}${NO_BREAK}${unit}`
}

/** What a card says of a KPI. `trend`: its line of the last day, for screen readers. */
export function useKpiWords({ name, value, unit, target, ok }: Kpi) {
  const say = useSay()
  const locale = useLocale()
  const written = value === null ? '—' : kpiValueIn(value, unit, locale)
  const limit = kpiValueIn(target.value, unit, locale)
  const aim = say(target.is === 'above' ? TEXTS.target_above : TEXTS.target_below, { value: limit })
  const verdict = say(ok === null ? TEXTS.no_value : ok ? TEXTS.met : TEXTS.missed)
  const title = say(KPIS[name])
  return { title, written, aim, verdict, trend: say(TEXTS.trend, { kpi: title, value: written, target: aim }) }
}

export const kpiLook = (ok: boolean | null): readonly [tone: Extract<Tone, 'calm' | 'good' | 'bad'>, icon: IconName] =>
  ok === null ? ['calm', 'minus'] : ok ? ['good', 'check'] : ['bad', 'warning']

export function KpiBadge({ kpi }: { kpi: Kpi }) {
  const { verdict } = useKpiWords(kpi)
  const [tone, icon] = kpiLook(kpi.ok)
  return (
    <Badge tone={tone} icon={icon}>
      {verdict}
    </Badge>
  )
}

/** One value makes no line. */
export const makesTrend = ({ series = [] }: Kpi): boolean => series.filter(({ value }) => value !== null).length > 1

/** How it compares with the value of seven days. */
export function useKpiTrend({ value, target, unit }: Kpi, week: number | null | undefined) {
  const say = useSay()
  const locale = useLocale()
  if (value === null || week == null) return null
  const better = isBetter(value, week, target)
  const text = better === null ? TEXTS.same : better ? TEXTS.better : TEXTS.worse
  const icon: IconName = better === null ? 'minus' : value > week ? 'up' : 'down'
  return { icon, text: say(text, { value: kpiValueIn(week, unit, locale) }) }
}

/** Whether a later value is better than an earlier one; null where they differ by less than 1 %. */
function isBetter(now: number, before: number, { is }: Kpi['target']): boolean | null {
  if (Math.abs(now - before) <= Math.abs(before) / 100) return null
  return is === 'above' ? now > before : now < before
}
