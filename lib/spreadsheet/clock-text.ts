/** Hours as a clock or a timesheet writes them: `8:05`, `36:00`, `-2:30`, `0:04:32`. */
export function clockText(hours: number, with_seconds = false): string {
  const [unit, parts] = with_seconds ? [3600, 3] : [60, 2]
  const total = Math.round(Math.abs(hours) * unit)
  const clock = Array.from({ length: parts - 1 }, (_, at) =>
    String(Math.floor(total / 60 ** at) % 60).padStart(2, '0'),
  ).toReversed()
  return `${hours < 0 && total > 0 ? '-' : ''}${Math.floor(total / unit)}:${clock.join(':')}`
}
