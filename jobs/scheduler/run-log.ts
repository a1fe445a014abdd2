/**
 * What a run says, written to run_logs in small batches: soon enough to be followed, seldom enough that a job which
 * logs a hundred thousand lines does not drown the database. Each line also goes to the program's own log, at debug.
 */
import type { JSONValue, Sql } from 'postgres'
import type { Outlast } from '../../db/outlast.ts'
import type { HeldAttempt } from '../../db/run-claims.ts'
import { writeRunLogs, type RunLogLine } from '../../db/run-logs.ts'
import { messageOf } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import type { RunLog } from '../job.ts'
import { storableJson, storableText } from './storable.ts'

const BATCH_EVERY_MS = 200
const BATCH_LINES = 500
/** Lines kept of one attempt; what follows is counted. */
const MAX_LINES = 10_000
const MAX_MESSAGE = 8192
const MAX_DATA_BYTES = 16_384

export interface OpenRunLog {
  log: RunLog
  /** Takes no more lines and resolves when those taken are written, or `giveUp` aborted. Never rejects. */
  close(): Promise<void>
}

type Line = Omit<RunLogLine, 'age_ms'> & { at: number }

export function openRunLog(
  sql: Sql,
  held: HeldAttempt,
  { log, outlast, giveUp }: { log: Log; outlast: Outlast; giveUp: AbortSignal },
): OpenRunLog {
  let waiting: Line[] = []
  let taken = 0
  let closed = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let writing = Promise.resolve()

  function say(level: keyof RunLog, message: string, data?: JSONValue) {
    if (closed || taken++ >= MAX_LINES) return
    const kept = storableJson(data, MAX_DATA_BYTES)
    const line = { level, message: storableText(String(message), MAX_MESSAGE), at: performance.now() }
    const line_data = 'json' in kept ? kept.json : { not_kept: kept.problem }
    waiting.push({ ...line, data: line_data })
    log.debug({ data: line_data }, line.message)
    if (waiting.length >= BATCH_LINES) write()
    else timer ??= setTimeout(write, BATCH_EVERY_MS)
  }

  function write() {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(writeWaiting)
  }

  async function writeWaiting() {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH_LINES)
      waiting = waiting.slice(batch.length)
      const attempt = () => writeRunLogs(sql, held, batch.map(aged))
      await outlast(attempt, giveUp).catch((err) =>
        log.error({ err }, `${batch.length} log lines lost: ${messageOf(err)}`),
      )
    }
  }

  return {
    log: {
      debug: (message, data) => say('debug', message, data),
      info: (message, data) => say('info', message, data),
      warn: (message, data) => say('warn', message, data),
      error: (message, data) => say('error', message, data),
    },
    close() {
      if (!closed && taken > MAX_LINES) {
        const message = `${taken - MAX_LINES} more lines are not kept; ${MAX_LINES} are the most for one attempt.`
        waiting.push({ level: 'warn', message, data: null, at: performance.now() })
      }
      closed = true
      write()
      return writing
    },
  }
}

function aged({ at, ...line }: Line): RunLogLine {
  return { ...line, age_ms: performance.now() - at }
}
