/**
 * True for a day of the calendar, YYYY-MM-DD. A Date alone takes 31 February for 3 March, and knows a year 0, which
 * PostgreSQL does not.
 */
export function isCalendarDay(day: string): boolean {
  const time = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day) && !day.startsWith('0000')
}
