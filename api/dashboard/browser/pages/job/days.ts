const DAY_MS = 86_400_000

/** `2026-11-20` and the days before it, the last of which it is. */
export const daysUntil = (today: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) =>
    new Date(Date.parse(today) - (count - 1 - n) * DAY_MS).toISOString().slice(0, 10),
  )

/** 0 is Monday. */
export const weekdayOf = (day: string): number => (new Date(day).getUTCDay() + 6) % 7
