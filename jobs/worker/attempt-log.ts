/**
 * The log of one attempt, written to run_logs in small batches: soon enough to be followed, and seldom enough that a job
 * which logs a hundred thousand lines does not flood the database. Each line also goes to the program's own log, at debug.
 */
import type { JSONValue, Sql } from 'postgres'
import type { RetryUntilAborted } from '../../lib/retry.ts'
import type { HeldAttempt } from '../../db/jobs/runs.ts'
import { writeRunLogs, type RunLogLine } from '../../db/jobs/run-logs.ts'
import { messageOf } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import type { RunLog } from '../job.ts'
import { limitedLog, MAX_LINES, MAX_LOG_BYTES, runLine, type LimitedLog, type RunLine } from './run-lines.ts'

const BATCH_EVERY_MS = 200
const BATCH_LINES = 500

interface Tools {
  log: Log
  retryUntilAborted: RetryUntilAborted
  giveUp: AbortSignal
}

type Line = RunLine & { at: number }

/** Open until close(); a line after that is dropped. */
export class AttemptLog {
  #sql: Sql
  #held: HeldAttempt
  #tools: Tools
  #limited: LimitedLog
  #waiting: Line[] = []
  #dropped = 0
  #closed = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #writing = Promise.resolve()

  constructor(sql: Sql, held: HeldAttempt, tools: Tools) {
    this.#sql = sql
    this.#held = held
    this.#tools = tools
    this.#limited = limitedLog((line) => this.#keep(line))
  }

  /** For the job. */
  get log(): RunLog {
    return this.#limited.log
  }

  /** Takes a line that the job logged in another process, under the same limits. */
  take(line: RunLine): void {
    if (this.#limited.fits(line)) this.#keep(line)
  }

  /** Counts lines that were dropped in another process. */
  dropped(count: number): void {
    this.#dropped += count
  }

  /** Adds a line of the worker, which is kept in any case. */
  note(level: keyof RunLog, message: string, data?: JSONValue): void {
    this.#keep(runLine(level, message, data))
  }

  /** Resolves when the lines are written, or `giveUp` aborted. Never rejects. */
  close(): Promise<void> {
    this.#dropped += this.#limited.takeDropped()
    const limits = `${MAX_LINES} lines and ${MAX_LOG_BYTES / 1024 / 1024} MiB are the most for one attempt`
    if (!this.#closed && this.#dropped > 0) this.note('warn', `${this.#dropped} more lines are not kept; ${limits}.`)
    this.#closed = true
    this.#write()
    return this.#writing
  }

  #keep(line: RunLine): void {
    if (this.#closed) return
    this.#waiting.push({ ...line, at: performance.now() })
    this.#tools.log.debug({ data: line.data }, line.message)
    if (this.#waiting.length >= BATCH_LINES) this.#write()
    else this.#timer ??= setTimeout(() => this.#write(), BATCH_EVERY_MS)
  }

  #write(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#writeWaiting())
  }

  async #writeWaiting(): Promise<void> {
    const { log, retryUntilAborted, giveUp } = this.#tools
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, BATCH_LINES)
      this.#waiting = this.#waiting.slice(batch.length)
      const write = () => writeRunLogs(this.#sql, this.#held, batch.map(aged))
      await retryUntilAborted(write, giveUp).catch((err) =>
        log.error({ err }, `${batch.length} log lines lost: ${messageOf(err)}`),
      )
    }
  }
}

function aged({ at, ...line }: Line): RunLogLine {
  return { ...line, age_ms: performance.now() - at }
}
