/** The history of an item: its processed events. */
import { isCalendarDay } from '../../lib/calendar.ts'
import { validationFailed } from '../../lib/errors.ts'
import { pageOf, type Page, type PageRequest } from '../../lib/page.ts'
import type { History } from '../engines/history/history.ts'

/** The history table of processed events. */
export const EVENTS_TABLE = 'events'

const DAY_MS = 86_400_000
const LAST_DAY = '9999-12-31'

export interface EventKeyset {
  at: Date
  id: string
}

/** The events of a sku, newest first; of one `day` in UTC, where it is given. Throws AppError validation_failed for no day. */
export async function readHistory(
  history: History,
  { sku, day }: { sku: string; day?: string | undefined },
  { limit, after }: PageRequest<EventKeyset>,
): Promise<Page<Record<string, unknown>, EventKeyset>> {
  if (day !== undefined && !isCalendarDay(day))
    throw validationFailed([
      { path: '/day', message: { en: `${day} is no day of the calendar`, pt: `${day} não é um dia do calendário` } },
    ])
  const from = day === undefined ? undefined : new Date(`${day}T00:00:00Z`)
  const found = await history.read(EVENTS_TABLE, sku, {
    limit: limit + 1,
    // None is later than 9999, and a database takes no year of five digits.
    ...(from && { from, ...(day !== LAST_DAY && { to: new Date(from.getTime() + DAY_MS) }) }),
    ...(after && { before: after }),
  })
  const { rows, last } = pageOf(found, limit, ({ at, id }) => ({ at, id }))
  return { rows: rows.map(({ data }) => data), last }
}
