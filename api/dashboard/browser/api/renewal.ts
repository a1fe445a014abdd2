/**
 * Renews the session before its access token ends, so that pictures and downloads, which no script repeats, find a good one. A
 * hidden tab renews nothing: it must not keep an unused session alive.
 */
const KEPT = 'doca.renew_at'
/** Of the token's life. */
const RENEWED_AFTER = 0.8

let timer: ReturnType<typeof setTimeout> | undefined

/** `expires_in`: seconds, of an answer that has set the cookies. */
export function noteExpiry(expires_in: number): void {
  localStorage.setItem(KEPT, String(Date.now() + expires_in * 1000 * RENEWED_AFTER))
  schedule()
}

export function forgetExpiry(): void {
  localStorage.removeItem(KEPT)
  clearTimeout(timer)
}

let renew = (): void => {}

/** Call once, where the page starts. */
export function keepRenewed(how: () => void): void {
  renew = how
  document.addEventListener('visibilitychange', schedule)
  schedule()
}

function schedule(): void {
  clearTimeout(timer)
  const renew_at = Number(localStorage.getItem(KEPT))
  if (document.hidden || !renew_at) return
  timer = setTimeout(renew, Math.max(0, renew_at - Date.now()))
}
