/** The server's time: a browser's clock may be an hour off, and "in 59 minutes" would stand beside what has just happened. */
let skew_ms = 0

/** The Date header is in whole seconds, and an answer takes a while. */
const EXACT_MS = 5000

export function noteServerTime(date: string | null): void {
  const found_ms = Date.parse(date ?? '') - Date.now()
  if (Number.isFinite(found_ms)) skew_ms = Math.abs(found_ms) < EXACT_MS ? 0 : found_ms
}

export const now_ms = (): number => Date.now() + skew_ms
