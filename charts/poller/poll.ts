/**
 * Polls uploads/ every few seconds and draws each version of each workbook once, however many pollers do the same: the
 * charts table decides which of them draws it.
 *
 * A poll reads one part of uploads/, which is all of it unless there are very many objects; the next goes on behind it, and
 * a pass ends where uploads/ does. Those that were announced (by an upload, a bucket notification, a poller that died), or
 * came to nothing in the last poll, are asked about in every poll, wherever they are.
 *
 * A version is waiting (for a free drawing process), drawing, or finished, which is remembered here. After a fault that is
 * not the workbook's it is held back for a while. Charts whose workbook is gone at the end of a pass are removed.
 */
import { isAside, UPLOADS } from '../../db/charts/keys.ts'
import { finishedCharts, forgetReplaced, unclaimedCharts, type ChartSource } from '../../db/charts/claim-charts.ts'
import { knownSources } from '../../db/charts/gone-charts.ts'
import { isKey } from '../../db/engines/objects/key.ts'
import type { ObjectInfo } from '../../db/engines/objects/objects.ts'
import { createNotify } from '../../lib/notify.ts'
import { createOutage } from '../../lib/outage.ts'
import { backoffDelay } from '../../lib/retry.ts'
import { WORK_BUCKETS_S } from '../../lib/metrics/metrics.ts'
import { NO_WATCH, type Watch } from '../../lib/watch.ts'
import { drawObject, type DrawParts, type Outcome } from './draw-object.ts'
import { removeGone } from './remove-gone.ts'
import { removeLeftFolders } from './work-folder.ts'

export interface PollerParts extends Omit<DrawParts, 'worker' | 'signal' | 'config'> {
  config: DrawParts['config'] & { poll_s: number; workers: number }
  watch?: Watch
}

/** Sources in one statement, and how many may wait before more are looked for. */
const BATCH = 1_000
/** Objects that one poll reads: ten lists of S3, half a second on disk. */
const PART = 10_000
/** How many are asked about at once. */
const HEADS_AT_ONCE = 16
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
  /** By key, as are the following; in the order found. */
  #waiting = new Map<string, ObjectInfo>()
  #drawing = new Map<string, Promise<void>>()
  /** Versions. */
  #finished = new Map<string, string>()
  /** performance.now() at which a workbook may be tried again. */
  #held_until = new Map<string, number>()
  /** Keys to ask about in the next poll. */
  #again = new Set<string>()
  /** Where this pass goes on, and what it has seen. */
  #after: string | undefined
  #seen = new Set<string>()
  #is_away = false
  /** In the first pass nothing is known yet, so that parts follow one another at once. */
  #passes = 0
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
        { values: ['waiting'], value: this.#waiting.size },
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
        await this.#findWork()
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

  async #findWork(): Promise<void> {
    const part = this.#waiting.size < BATCH ? await this.#readPart() : new Map<string, string>()
    await this.#askAbout(part)
    if (this.#isBehind()) this.#notify.notifyOne()
  }

  #isBehind(): boolean {
    return this.#waiting.size < BATCH && this.#after !== undefined && this.#passes === 0
  }

  /** Reads on where the last poll ended. Returns the versions that it has seen, by key. */
  async #readPart(): Promise<Map<string, string>> {
    const part = new Map<string, string>()
    let unknown: ObjectInfo[] = []
    let has_ended = true
    for await (const object of this.#parts.objects.list(UPLOADS, { after: this.#after, unusable: true })) {
      part.set(object.key, object.version)
      this.#seen.add(object.key)
      if (!this.#isFinished(object) && !isAside(object.key)) unknown.push(object)
      if (unknown.length === BATCH) {
        await this.#await(unknown)
        unknown = []
      }
      if (part.size < PART && this.#waiting.size < BATCH) continue
      this.#after = object.key
      has_ended = false
      break
    }
    await this.#await(unknown)
    if (has_ended) await this.#endPass()
    return part
  }

  /** What has no part in this poll but may have changed. */
  async #askAbout(part: Map<string, string>): Promise<void> {
    const { sql, objects } = this.#parts
    const announced = Map.groupBy(
      (await unclaimedCharts(sql, BATCH)).filter((chart) => part.get(chart.key) !== chart.version),
      ({ key }) => key,
    )
    const again = [...this.#again].filter((key) => !part.has(key))
    const keys = [...new Set([...again, ...announced.keys()])].filter(isKey)
    this.#again.clear()
    const found: ObjectInfo[] = []
    for (let at = 0; at < keys.length; at += HEADS_AT_ONCE) {
      const some = keys.slice(at, at + HEADS_AT_ONCE)
      const heads = await Promise.all(some.map((key) => objects.head(key)))
      for (const [index, key] of some.entries()) {
        const head = heads[index]
        if (head) found.push(head)
        for (const chart of announced.get(key) ?? [])
          if (!head) await removeGone(chart, { ...this.#parts, worker: this.#worker })
          else if (head.version !== chart.version) await forgetReplaced(sql, chart)
      }
    }
    await this.#await(found.filter((object) => !this.#isFinished(object)))
  }

  /** Lets those wait that nobody has finished. */
  async #await(unknown: ObjectInfo[]): Promise<void> {
    for (let at = 0; at < unknown.length; at += BATCH) {
      const finished = await finishedCharts(this.#parts.sql, unknown.slice(at, at + BATCH))
      for (const { key, version } of finished) this.#finished.set(key, version)
    }
    for (const object of unknown) if (!this.#isFinished(object)) this.#waiting.set(object.key, object)
  }

  /** Removes the charts of what the pass has not seen; what other pollers have drawn is known after the first. */
  async #endPass(): Promise<void> {
    const seen = this.#seen
    const gone: ChartSource[] = []
    for (const [key, version] of this.#finished) if (!seen.has(key)) gone.push({ key, version })
    if (this.#passes === 0)
      for await (const source of knownSources(this.#parts.sql, BATCH)) if (!seen.has(source.key)) gone.push(source)
    // A folder that is moved or not mounted has no file either, and comes back.
    const is_away = seen.size === 0 && gone.length > 1
    if (is_away && !this.#is_away)
      this.#parts.log.warn({ charts: gone.length }, 'uploads/ is empty: its charts stay until it has a file again')
    this.#is_away = is_away
    for (const source of is_away ? [] : gone) {
      await removeGone(source, { ...this.#parts, worker: this.#worker })
      this.#finished.delete(source.key)
    }
    this.#passes++
    this.#after = undefined
    this.#seen = new Set()
  }

  #isFinished({ key, version }: ChartSource): boolean {
    return this.#finished.get(key) === version
  }

  #startWaiting(): void {
    for (const [key, object] of this.#waiting) {
      if (this.#drawing.size >= this.#parts.config.workers || this.#stopping.signal.aborted) return
      if (this.#drawing.has(key) || this.#isHeldBack(key)) continue
      this.#waiting.delete(key)
      this.#drawing.set(key, this.#draw(object))
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
      if (outcome === 'again') this.#again.add(key)
      this.#drawn([outcome], (performance.now() - begun_at) / 1000)
      this.#drawing.delete(key)
      this.#startWaiting()
      if (this.#isBehind()) this.#notify.notifyOne()
    }
  }
}
