/** True for a day of the calendar, YYYY-MM-DD. A Date alone takes 31 February for 3 March. */
export function isCalendarDay(day: string): boolean {
  const time = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day)
}
