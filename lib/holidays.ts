/**
 * Public holidays by country, state and region: the days on which banks and offices are closed. The data is that of
 * date-holidays, which takes 40 MB of memory: read it in a process that ends.
 */
import { AppError } from './errors.ts'
import type { Translated } from './texts.ts'

/** Country, and perhaps state and region, as ISO 3166 has them: `BR`, `BR-SP`, `DE-BY-A`. */
export const CALENDAR = /^[A-Z]{2}(-[A-Z0-9]{1,3}){0,2}$/

/** By day, `2026-12-25`. */
export type Holidays = Record<string, Translated>

/** Facultative days and mere observances are working days. */
const CLOSED = new Set(['public', 'bank'])

/** National holidays that the data does not have yet. */
const ADDED: Record<string, Array<{ since: number; month_day: string; name: Translated }>> = {
  // Law 14.759 of 2023.
  BR: [{ since: 2024, month_day: '11-20', name: { en: 'Black Awareness Day', pt: 'Dia da Consciência Negra' } }],
}

/** The holidays of the years from `first` to `last`. Throws AppError calendar_unknown. */
export async function holidaysOf(calendar: string, first: number, last: number): Promise<Holidays> {
  const { default: Data } = await import('date-holidays')
  const places = calendar.split('-') as [string, string?, string?]
  const [country] = places
  let known: Record<string, string> | undefined = new Data().getCountries('en')
  for (const [i, place] of places.entries()) {
    if (!known?.[place!]) throw unknown(calendar, places.slice(0, i), known)
    known = i === 0 ? new Data().getStates(country, 'en') : new Data().getRegions(country, places[1]!, 'en')
  }
  const [, state, region] = places
  const data = new Data({ country, ...(state && { state }), ...(region && { region }) })
  const found: Holidays = {}
  for (let year = first; year <= last; year++) {
    const in_portuguese = new Map(data.getHolidays(year, 'pt').map(({ date, rule, name }) => [date + rule, name]))
    for (const { date, rule, name, type, start, end } of data.getHolidays(year, 'en')) {
      if (!CLOSED.has(type)) continue
      const days = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY_MS))
      for (const day of daysFrom(date.slice(0, 10), days))
        found[day] ??= { en: name, pt: in_portuguese.get(date + rule) ?? name }
    }
    for (const { since, month_day, name } of ADDED[country] ?? [])
      if (year >= since) found[`${year}-${month_day}`] ??= name
  }
  return found
}

const DAY_MS = 86_400_000

const daysFrom = (day: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => new Date(Date.parse(day) + i * DAY_MS).toISOString().slice(0, 10))

function unknown(
  calendar: string,
  above: Array<string | undefined>,
  known: Record<string, string> | undefined,
): AppError {
  const whole = above.join('-')
  const names = Object.keys(known ?? {}).join(', ')
  const place =
    whole === '' ? { en: 'Countries', pt: 'Os países' } : { en: `Parts of ${whole}`, pt: `As partes de ${whole}` }
  const rest =
    names === ''
      ? { en: `${whole} has no parts here.`, pt: `${whole} não tem partes aqui.` }
      : { en: `${place.en} are ${names}.`, pt: `${place.pt} são ${names}.` }
  return new AppError('invalid', 'calendar_unknown', {
    en: `calendar "${calendar}" is not known. ${rest.en}`,
    pt: `calendar "${calendar}" não é conhecido. ${rest.pt}`,
  })
}
