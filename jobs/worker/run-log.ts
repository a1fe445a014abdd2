/**
 * What a run says, written to run_logs in small batches: soon enough to be followed, seldom enough that a job which
 * logs a hundred thousand lines does not drown the database. Each line also goes to the program's own log, at debug.
 */
import type { JSONValue, Sql } from 'postgres'
import type { RetryUntilAborted } from '../../lib/retry.ts'
import type { HeldAttempt } from '../../db/jobs/runs.ts'
import { writeRunLogs, type RunLogLine } from '../../db/jobs/run-logs.ts'
import { messageOf } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import type { RunLog } from '../job.ts'
import { limitedLog, MAX_LINES, MAX_LOG_BYTES, runLine, type RunLine } from './run-lines.ts'

const BATCH_EVERY_MS = 200
const BATCH_LINES = 500

export interface OpenRunLog {
  /** For the job. */
  log: RunLog
  /** A line of the job that was said in another process, under the same limits. */
  take(line: RunLine): void
  /** So many lines were dropped there. */
  dropped(count: number): void
  /** A line of the worker, which is kept in any case. */
  note(level: keyof RunLog, message: string, data?: JSONValue): void
  /** Takes no more lines and resolves when those taken are written, or `giveUp` aborted. Never rejects. */
  close(): Promise<void>
}

type Line = RunLine & { at: number }

export function openRunLog(
  sql: Sql,
  held: HeldAttempt,
  { log, retryUntilAborted, giveUp }: { log: Log; retryUntilAborted: RetryUntilAborted; giveUp: AbortSignal },
): OpenRunLog {
  let waiting: Line[] = []
  let dropped = 0
  let closed = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let writing = Promise.resolve()
  const limited = limitedLog(keep)

  function keep(line: RunLine): void {
    if (closed) return
    waiting.push({ ...line, at: performance.now() })
    log.debug({ data: line.data }, line.message)
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
      await retryUntilAborted(attempt, giveUp).catch((err) =>
        log.error({ err }, `${batch.length} log lines lost: ${messageOf(err)}`),
      )
    }
  }

  const note: OpenRunLog['note'] = (level, message, data) => keep(runLine(level, message, data))

  return {
    log: limited.log,
    take: (line) => void (limited.fits(line) && keep(line)),
    dropped: (count) => void (dropped += count),
    note,
    close() {
      dropped += limited.takeDropped()
      const limits = `${MAX_LINES} lines and ${MAX_LOG_BYTES / 1024 / 1024} MiB are the most for one attempt`
      if (!closed && dropped > 0) note('warn', `${dropped} more lines are not kept; ${limits}.`)
      closed = true
      write()
      return writing
    },
  }
}

function aged({ at, ...line }: Line): RunLogLine {
  return { ...line, age_ms: performance.now() - at }
}
