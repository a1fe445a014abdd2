import pino from 'pino'

/**
 * One JSON line per fact on stdout. `log` is app, access or audit. Times are ISO 8601 UTC; an error goes under `err`.
 */
export type Log = pino.Logger

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Fields that never reach a log line, however deep inside a logged object. */
const SECRETS = [
  'password',
  'access_token',
  'refresh_token',
  'challenge',
  'secret',
  'recovery_codes',
  'authorization',
  'cookie',
]

/** `fd`: standard output unless given. `traceId`: of the trace that a line belongs to. */
export function createLog(
  program: string,
  level: LogLevel,
  { fd = 1, traceId = () => undefined }: { fd?: number; traceId?: () => string | undefined } = {},
): Log {
  return pino(
    {
      level,
      base: { program },
      mixin(facts) {
        const trace_id = 'trace_id' in facts ? undefined : traceId()
        return { ...(!('log' in facts) && { log: 'app' }), ...(trace_id !== undefined && { trace_id }) }
      },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // pino's `redact` with paths takes three times as long as the rest of a line.
      hooks: { streamWrite: withoutSecrets },
    },
    // Synchronous: the last line before a crash is the one that matters.
    pino.destination({ dest: fd, sync: true }),
  )
}

const NAMES_SECRET = new RegExp(`"(?:${SECRETS.join('|')})":`)

/** Nearly every line is returned as it was. */
function withoutSecrets(line: string): string {
  if (!NAMES_SECRET.test(line)) return line
  const hide = (key: string, value: unknown) => (SECRETS.includes(key) ? '[Redacted]' : value)
  return `${JSON.stringify(JSON.parse(line, hide))}\n`
}
