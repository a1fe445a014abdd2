/** Names a browser and its system for people. A user agent claims to be its ancestors too, so the newest name counts. */
export function deviceOf(user_agent: string | null): string | null {
  if (user_agent === null) return null
  const browser = BROWSERS.find(([, pattern]) => pattern.test(user_agent))?.[0]
  const system = SYSTEMS.find(([, pattern]) => pattern.test(user_agent))?.[0]
  if (!browser) return user_agent.slice(0, 60)
  return system ? `${browser}, ${system}` : browser
}

const BROWSERS: ReadonlyArray<readonly [string, RegExp]> = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Headless)?(?:Chrome|CriOS|Chromium)\b/],
  ['Safari', /\bSafari\//],
]
const SYSTEMS: ReadonlyArray<readonly [string, RegExp]> = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b/],
  ['Linux', /\bLinux\b/],
]
