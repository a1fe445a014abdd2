/** As a field for a time of the viewer's zone takes it: 2026-11-30T09:15. */
export function localTime(ms: number): string {
  const time = new Date(ms)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${String(time.getFullYear()).padStart(4, '0')}-${two(time.getMonth() + 1)}-${two(time.getDate())}T${two(time.getHours())}:${two(time.getMinutes())}`
}
