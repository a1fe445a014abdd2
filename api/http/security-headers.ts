/** What every answer tells a browser, whatever it answers. */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // Answers are somebody's data; what may be kept (pictures, the page's files) says so itself.
  'cache-control': 'no-store',
}
/** Two years, as browsers' preload lists want it. */
export const HSTS = 'max-age=63072000; includeSubDomains'
