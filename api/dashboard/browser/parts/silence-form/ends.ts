import { now_ms } from '../../clock.ts'

export const CHOICES = ['hour', 'four', 'morning', 'monday', 'own'] as const
export type Choice = (typeof CHOICES)[number]

const HOUR_MS = 3_600_000
const MORNING_H = 8

/** When a silence ends, in the zone of whoever looks; `own`: of a field for a local time. null where it is not a time. */
export function endOf(choice: Choice, own: string): Date | null {
  const now = new Date(now_ms())
  if (choice === 'hour') return new Date(now.getTime() + HOUR_MS)
  if (choice === 'four') return new Date(now.getTime() + 4 * HOUR_MS)
  if (choice === 'own') return Number.isNaN(Date.parse(own)) ? null : new Date(own)
  const days = choice === 'morning' ? 1 : (8 - now.getDay()) % 7 || 7
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING_H)
}
