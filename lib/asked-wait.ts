/** How long an answer asks its client to wait, in milliseconds (RFC 9110, 10.2.3: seconds, or a date); null: it does not say. */
export function retryAfter(answer: Response, now_ms = Date.now()): number | null {
  const text = answer.headers.get('retry-after')?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  // Date.parse takes much for a date, `-1` for one.
  const at = /^[a-z]{3},/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : Math.max(0, at - now_ms)
}
