/** Log lines for a terminal: time, program, sentence. Access and debug lines are left out. */

const SHOWN = new Set(['info', 'warn', 'error', 'fatal'])
const COLOUR: Record<string, string> = { warn: '\x1b[33m', error: '\x1b[31m', fatal: '\x1b[31m' }

/** The line to show, or null for one that is not for the terminal. */
export function prettyLine(line: string): string | null {
  const fact = parse(line)
  if (!fact) return line || null
  if (!SHOWN.has(fact.level) || fact.log === 'access') return null
  const { level, time, program, log: _, msg = '', err, ...rest } = fact
  const why = (err as { message?: string } | undefined)?.message
  const details = Object.entries(rest).map(
    ([key, value]) => ` ${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`,
  )
  const text = `${String(time).slice(11, 19)} ${String(program).padEnd(9)} ${msg}${why ? `: ${why}` : ''}${details.join('')}`
  return COLOUR[level] ? `${COLOUR[level]}${text}\x1b[0m` : text
}

function parse(line: string): (Record<string, unknown> & { level: string }) | null {
  if (!line.startsWith('{')) return null
  try {
    return JSON.parse(line)
  } catch {
    // Not one of our lines: shown as it is.
    return null
  }
}
