/**
 * True for a day of the calendar, YYYY-MM-DD. A Date alone takes 31 February for 3 March, and knows a year 0, which
 * PostgreSQL does not.
 */
export function isCalendarDay(day: string): boolean {
  const time = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day) && !day.startsWith('0000')
}

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i

/** True for a point in time with its zone (RFC 3339) that a Date knows; it knows no leap second. */
export const isTimestamp = (text: string): boolean =>
  TIMESTAMP.test(text) && isCalendarDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text))

/** Whether `name` is an IANA zone. */
export function isTimezone(name: string): boolean {
  try {
    // Intl also takes offsets such as +03:00, which know no clock changes and which croner reads otherwise.
    return /^[A-Za-z]/.test(name) && Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
