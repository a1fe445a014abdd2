/** Lines that a job logs, in a form that can be stored, whatever it hands over, and up to a limit. */
import type { JSONValue } from 'postgres'
import type { RunLog } from '../job.ts'
import { maskCredentials } from '../../lib/readable.ts'
import { storableJson, storableText } from '../../db/engines/postgres/storable.ts'

export interface RunLine {
  level: keyof RunLog
  message: string
  data: JSONValue | null
}

/** Of one attempt; lines beyond these are only counted. */
export const MAX_LINES = 10_000
export const MAX_LOG_BYTES = 4 * 1024 * 1024
const MAX_MESSAGE = 8192
const MAX_DATA_BYTES = 16_384

export interface LimitedLog {
  log: RunLog
  /** Whether a line from elsewhere is within the limits; if not, it is counted. */
  fits(line: RunLine): boolean
  /** How many lines were dropped since the last call. */
  takeDropped(): number
}

/** A log that passes on the lines within the limits, at once. */
export function limitedLog(take: (line: RunLine) => void): LimitedLog {
  let lines_left = MAX_LINES
  let bytes_left = MAX_LOG_BYTES
  let dropped = 0

  function fits({ message, data }: RunLine): boolean {
    // After the first line that is dropped, all are.
    const bytes = message.length + (data === null ? 0 : JSON.stringify(data).length)
    if (--lines_left < 0 || (bytes_left -= bytes) < 0) {
      lines_left = 0
      dropped++
      return false
    }
    return true
  }

  function say(level: RunLine['level'], message: unknown, data?: unknown): void {
    // Costs a job that logs without end as little as possible.
    if (lines_left === 0) return void dropped++
    const line = runLine(level, message, data)
    if (fits(line)) take(line)
  }

  return {
    log: {
      debug: (message, data) => say('debug', message, data),
      info: (message, data) => say('info', message, data),
      warn: (message, data) => say('warn', message, data),
      error: (message, data) => say('error', message, data),
    },
    fits,
    takeDropped() {
      const count = dropped
      dropped = 0
      return count
    },
  }
}

/** Never throws, whatever a job hands over. */
export function runLine(level: RunLine['level'], message: unknown, data?: unknown): RunLine {
  const kept = storableJson(data, MAX_DATA_BYTES)
  const text = typeof message === 'string' ? message : inspected(message)
  return {
    level,
    message: storableText(maskCredentials(text), MAX_MESSAGE),
    data: 'json' in kept ? kept.json : { not_kept: kept.problem },
  }
}

function inspected(value: unknown): string {
  try {
    return value instanceof Error ? String(value.stack ?? value) : Bun.inspect(value)
  } catch {
    return '(something that cannot be read)'
  }
}
