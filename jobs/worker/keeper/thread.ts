/**
 * The thread that keeps the leases of a worker. The worker's event loop is turning (then its heartbeat renews, and this does
 * nothing), blocked (its leases are renewed here), or blocked for long (that is told: in the log, in the runs, and to alerts).
 * What blocks is ended here at its timeout, as far as it can be: its run, not its code.
 */
import { hostname } from 'node:os'
import type { Sql } from 'postgres'
import { observe } from '../../../db/alerts/observe.ts'
import { openSql } from '../../../db/engines/postgres/open-sql.ts'
import { renewLeases } from '../../../db/jobs/run-claims.ts'
import { endAttempts } from '../../../db/jobs/run-ends.ts'
import { writeRunLogs } from '../../../db/jobs/run-logs.ts'
import type { HeldAttempt } from '../../../db/jobs/runs.ts'
import { createLog, type Log } from '../../../lib/log.ts'
import type { KeeperOptions, KeptRun, ToKeeper } from './messages.ts'

declare const self: Worker

const LOOK_MS = 250
/** Longer than this between two looks, and the whole process was frozen: that is not the worker's loop. */
const MAX_LOOK_MS = 1_000
/** A lease may be short, and a third of it may be over when the block begins. */
const BLOCKED_MS = 1_000
const BLOCKED_LEASES = 0.4
/** Or after a lease, where that is shorter: its runs would be lost by now. */
const TELL_MS = 10_000
/** The timeout in the worker comes first, and its half a second of grace. */
const TIMEOUT_GRACE_MS = 2_000

interface Kept extends KeptRun {
  since: number
}

class Keeper {
  #options: KeeperOptions
  #lease_ms: number
  #turns: Int32Array
  #log: Log
  #runs = new Map<string, Kept>()
  #sql: Sql | undefined
  #timer: ReturnType<typeof setInterval> | undefined
  #turn = 0
  #looked_at = 0
  #blocked_ms = 0
  #renewed_ms = 0
  /** At first, since an earlier life of this program may have told and been killed. */
  #told = true
  #busy = false

  constructor(options: KeeperOptions, turns: SharedArrayBuffer) {
    this.#options = options
    this.#lease_ms = options.lease_s * 1000
    this.#turns = new Int32Array(turns)
    this.#log = createLog('jobs', options.log_level)
  }

  keep(run: KeptRun): void {
    this.#runs.set(keyOf(run), { ...run, since: performance.now() })
    if (this.#timer) return
    this.#unblocked()
    this.#timer = setInterval(() => this.#look(), LOOK_MS)
  }

  release(held: HeldAttempt): void {
    this.#runs.delete(keyOf(held))
    if (this.#runs.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#unblocked()
  }

  #look(): void {
    const now = performance.now()
    const turn = Atomics.load(this.#turns, 0)
    if (turn !== this.#turn) return this.#unblocked()
    this.#blocked_ms += Math.min(now - this.#looked_at, MAX_LOOK_MS)
    this.#looked_at = now
    if (this.#blocked_ms < Math.min(BLOCKED_MS, this.#lease_ms * BLOCKED_LEASES) || this.#busy) return
    this.#busy = true
    void this.#act()
      .catch((err) => this.#log.warn({ err }, 'the leases of a blocked worker could not be kept'))
      .finally(() => (this.#busy = false))
  }

  #unblocked(): void {
    this.#turn = Atomics.load(this.#turns, 0)
    this.#looked_at = performance.now()
    this.#blocked_ms = 0
    this.#renewed_ms = 0
    if (!this.#told) return
    this.#told = false
    void observe(this.#connect(), [{ rule: 'LOOP_BLOCKED', subject: subject(), ok: true }]).catch(() => {})
  }

  async #act(): Promise<void> {
    const sql = this.#connect()
    if (this.#blocked_ms - this.#renewed_ms > this.#lease_ms / 4) {
      this.#renewed_ms = this.#blocked_ms
      await renewLeases(sql, [...this.#runs.values()], this.#lease_ms / 1000)
    }
    await this.#endLate(sql)
    if (this.#blocked_ms > Math.min(TELL_MS, this.#lease_ms) && !this.#told) {
      this.#told = true
      await this.#tell(sql)
    }
  }

  async #endLate(sql: Sql): Promise<void> {
    const now = performance.now()
    for (const run of this.#runs.values()) {
      if (!run.inline || now - run.since < run.inline.timeout_s * 1000 + TIMEOUT_GRACE_MS) continue
      const ended = await endAttempts(sql, [run.inline.end])
      this.#runs.delete(keyOf(run))
      if (ended.length > 0)
        this.#log.error(
          { job: run.job, run_id: run.run_id, attempt: run.attempt },
          'a run that blocks its worker has failed at its timeout',
        )
    }
  }

  async #tell(sql: Sql): Promise<void> {
    const inline = [...this.#runs.values()].filter((run) => run.inline)
    const jobs = [...new Set(inline.map(({ job }) => job))].toSorted()
    const seconds = Math.round(this.#blocked_ms / 1000)
    this.#log.warn({ blocked_ms: this.#blocked_ms, jobs }, 'the event loop is blocked; its leases are kept by a thread')
    const message = `The worker's event loop has been blocked for ${seconds} s, and still is: ${because(jobs).en}. The lease is kept.`
    for (const run of inline) await writeRunLogs(sql, run, [{ level: 'warn', message, data: null, age_ms: 0 }])
    const detail = {
      en: `The event loop of jobs (process ${process.pid} on ${hostname()}) has been blocked for ${seconds} s: ${because(jobs).en}. Nothing else starts or ends there meanwhile.`,
      pt: `O laço de eventos de jobs (processo ${process.pid} em ${hostname()}) está bloqueado há ${seconds} s: ${because(jobs).pt}. Enquanto isso nada mais começa nem termina ali.`,
    }
    await observe(sql, [{ rule: 'LOOP_BLOCKED', subject: subject(), ok: false, detail }])
  }

  /** Closes by itself when it is not used for a while. */
  #connect(): Sql {
    return (this.#sql ??= openSql(this.#options.database_url, 1))
  }
}

const subject = () => `jobs@${hostname()}`

function because(jobs: string[]) {
  const list = jobs.join(', ')
  if (jobs.length === 1)
    return { en: `${list} computes, or waits without await`, pt: `${list} calcula, ou espera sem await` }
  return {
    en: `one of ${list} computes, or waits without await`,
    pt: `um destes calcula, ou espera sem await: ${list}`,
  }
}

const keyOf = ({ run_id, attempt }: HeldAttempt) => `${run_id} ${attempt}`

let keeper: Keeper | undefined
self.onmessage = ({ data }: MessageEvent<ToKeeper>) => {
  if (data.kind === 'start') keeper = new Keeper(data.options, data.turns)
  else if (data.kind === 'keep') keeper!.keep(data.run)
  else keeper!.release(data.held)
}
