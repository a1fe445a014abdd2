/**
 * Polls uploads/ every few seconds and draws each version of each workbook once, however many pollers do the same: the
 * charts table decides which of them draws it.
 *
 * A version is waiting (for a free drawing process), drawing, or finished, which is remembered here so that an idle poll
 * asks the database nothing. After a fault that is not the workbook's it is held back for a while.
 */
import { isAside, UPLOADS } from '../../db/charts/keys.ts'
import { finishedCharts, type ChartSource } from '../../db/charts/claim-charts.ts'
import type { ObjectInfo } from '../../db/engines/objects/objects.ts'
import { createNotify } from '../../lib/notify.ts'
import { createOutage } from '../../lib/outage.ts'
import { backoffDelay } from '../../lib/retry.ts'
import { WORK_BUCKETS_S } from '../../lib/metrics/metrics.ts'
import { NO_WATCH, type Watch } from '../../lib/watch.ts'
import { drawObject, type DrawParts, type Outcome } from './draw-object.ts'
import { removeLeftFolders } from './work-folder.ts'

export interface PollerParts extends Omit<DrawParts, 'worker' | 'signal' | 'config'> {
  config: DrawParts['config'] & { poll_s: number; workers: number }
  watch?: Watch
}

/** Sources in one statement. */
const BATCH = 1_000
/** How long a workbook is held back after a fault that is not its own (disk full, database away). */
const HOLD_BACK_MS = 10_000
const FIRST_DELAY_MS = 500
const MAX_DELAY_MS = 3_000

export function startPoller(parts: PollerParts): Poller {
  const poller = new Poller(parts)
  poller.start()
  return poller
}

export class Poller {
  #parts: PollerParts
  #worker = `charts-${process.pid}-${Bun.randomUUIDv7().slice(-8)}`
  /** In the order found. */
  #waiting: ObjectInfo[] = []
  /** By key, as are the following. */
  #drawing = new Map<string, Promise<void>>()
  /** Versions. */
  #finished = new Map<string, string>()
  /** performance.now() at which a workbook may be tried again. */
  #held_until = new Map<string, number>()
  #notify = createNotify()
  #stopping = new AbortController()
  #handing_back = new AbortController()
  #polling: Promise<void> | undefined

  #tracing
  /** Takes a drawing's outcome and its seconds. */
  #drawn

  constructor(parts: PollerParts) {
    this.#parts = parts
    const { metrics, tracing } = parts.watch ?? NO_WATCH
    this.#tracing = tracing
    this.#drawn = metrics.histogram(
      'doca_chart_duration_seconds',
      'Workbooks from their claim to their picture or refusal; again: they are tried once more.',
      ['outcome'],
      WORK_BUCKETS_S,
    )
    metrics.gauge(
      'doca_charts_pending',
      'Workbooks that wait to be drawn, or whose drawing is under way.',
      ['state'],
      () => [
        { values: ['waiting'], value: this.#waiting.length },
        { values: ['drawing'], value: this.#drawing.size },
      ],
    )
    metrics.gauge('doca_charts_processes', 'Drawing processes that live now.', [], () => [
      { values: [], value: parts.pool.pids().length },
    ])
  }

  start(): void {
    this.#polling ??= this.#run()
  }

  /** Polls at once instead of at the next interval. */
  wake(): void {
    this.#notify.notifyOne()
  }

  /** Starts nothing more, lets drawings finish for `finish_ms`, hands back the rest. */
  async stop(finish_ms: number): Promise<void> {
    this.#stopping.abort()
    this.#notify.notifyOne()
    const timer = setTimeout(() => this.#handing_back.abort(new Error('the poller stops')), finish_ms)
    await this.#polling
    await Promise.all(this.#drawing.values())
    clearTimeout(timer)
  }

  async #run(): Promise<void> {
    const { log, config } = this.#parts
    const outage = createOutage(log, 'uploads cannot be polled; trying again', 'uploads are polled again')
    await removeLeftFolders(log)
    for (let failures = 0; !this.#stopping.signal.aborted;) {
      const begun_at = performance.now()
      try {
        this.#waiting = await this.#findWork()
        failures = 0
        outage.answered(begun_at)
        this.#startWaiting()
      } catch (err) {
        failures++
        outage.failed(err, begun_at)
      }
      const backoff_ms = failures > 0 ? backoffDelay(failures, FIRST_DELAY_MS, MAX_DELAY_MS) : 0
      await this.#notify.notified(Math.max(config.poll_s * 1000, backoff_ms))
    }
  }

  /** Every version below uploads/ that is not finished. */
  async #findWork(): Promise<ObjectInfo[]> {
    const { sql, objects } = this.#parts
    const seen = new Set<string>()
    const unknown: ObjectInfo[] = []
    for await (const object of objects.list(UPLOADS)) {
      seen.add(object.key)
      if (!this.#isFinished(object) && !isAside(object.key)) unknown.push(object)
    }
    for (const key of this.#finished.keys()) if (!seen.has(key)) this.#finished.delete(key)
    for (let at = 0; at < unknown.length; at += BATCH) {
      const finished = await finishedCharts(sql, unknown.slice(at, at + BATCH))
      for (const { key, version } of finished) this.#finished.set(key, version)
    }
    return unknown.filter((object) => !this.#isFinished(object))
  }

  #isFinished({ key, version }: ChartSource): boolean {
    return this.#finished.get(key) === version
  }

  #startWaiting(): void {
    while (this.#drawing.size < this.#parts.config.workers && !this.#stopping.signal.aborted) {
      const next = this.#waiting.findIndex(({ key }) => !this.#drawing.has(key) && !this.#isHeldBack(key))
      if (next === -1) return
      const [object] = this.#waiting.splice(next, 1)
      this.#drawing.set(object!.key, this.#draw(object!))
    }
  }

  #isHeldBack(key: string): boolean {
    return performance.now() < (this.#held_until.get(key) ?? 0)
  }

  async #draw(object: ObjectInfo): Promise<void> {
    const { key, version } = object
    const signal = this.#handing_back.signal
    const begun_at = performance.now()
    let outcome: Outcome = 'again'
    try {
      outcome = await this.#tracing.span({ name: 'draw workbook', kind: 'consumer' }, () =>
        drawObject(object, { ...this.#parts, worker: this.#worker, signal }),
      )
      this.#held_until.delete(key)
      if (outcome !== 'again') this.#finished.set(key, version)
    } catch (err) {
      if (!signal.aborted) this.#parts.log.error({ err, key }, 'drawing was put off')
      this.#held_until.set(key, performance.now() + HOLD_BACK_MS)
    } finally {
      this.#drawn([outcome], (performance.now() - begun_at) / 1000)
      this.#drawing.delete(key)
      this.#startWaiting()
    }
  }
}
