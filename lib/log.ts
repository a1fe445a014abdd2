import pino from 'pino'

/**
 * One JSON line per fact on stdout. `log` says which book it belongs to: app, access or audit.
 * Times are ISO 8601 UTC; an error goes under `err`.
 */
export type Log = pino.Logger

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export function createLog(program: string, level: LogLevel): Log {
  return pino(
    {
      level,
      base: { program },
      mixin: (facts) => ('log' in facts ? {} : { log: 'app' }),
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: ['password', '*.password', 'access_token', '*.access_token', 'headers.authorization'],
    },
    // Synchronous: the last line before a crash is the one that matters.
    pino.destination({ dest: 1, sync: true }),
  )
}
