/**
 * Polls uploads/ every few seconds and draws each version of each workbook once, however many pollers do the same: the
 * charts table decides which of them draws it.
 *
 * A poll reads one part of uploads/, which is all of it unless there are very many objects; the next goes on in the same list, and
 * a pass ends where uploads/ does. Those that were announced (by an upload, a bucket notification, a poller that died), or
 * came to nothing in the last poll, are asked about in every poll, wherever they are.
 *
 * A version is waiting (for a free drawing process), drawing, or finished, which is remembered here. After a fault that is
 * not the workbook's it is held back for a while. Charts whose workbook is gone at the end of a pass are removed, beside the
 * polls that follow.
 */
import { isAside, UPLOADS } from '../../db/charts/keys.ts'
import { finishedCharts, forgetReplaced, unclaimedCharts } from '../../db/charts/claim-charts.ts'
import { knownSources } from '../../db/charts/gone-charts.ts'
import { isKey } from '../../db/engines/objects/key.ts'
import type { ObjectInfo } from '../../db/engines/objects/objects.ts'
import { messageOf } from '../../lib/errors.ts'
import { createNotify } from '../../lib/notify.ts'
import { createOutage } from '../../lib/outage.ts'
import { backoffDelay } from '../../lib/retry.ts'
import { WORK_BUCKETS_S } from '../../lib/metrics/metrics.ts'
import { NO_WATCH, type Watch } from '../../lib/watch.ts'
import { drawObject, type DrawParts, type Outcome } from './draw-object.ts'
import { Finished, hashOf } from './finished.ts'
import { Removals } from './removals.ts'
import { lookFor } from './remove-gone.ts'
import { removeLeftFolders } from './work-folder.ts'

export interface PollerParts extends Omit<DrawParts, 'worker' | 'signal' | 'config'> {
  config: DrawParts['config'] & { poll_s: number; workers: number }
  watch?: Watch
}

/** Sources in one statement, and how many may wait before more are looked for. */
const BATCH = 1_000
/** Objects that one poll reads: ten lists of S3, half a second on disk. */
const PART = 10_000
/** The facts of so many files are some 10 MB until they are collected, which JavaScriptCore does late. */
const COLLECT_EVERY = 5_000
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
  /** By key, in the order found. */
  #waiting = new Map<string, ObjectInfo>()
  #drawing = new Map<string, Promise<void>>()
  #finished = new Finished()
  /** performance.now() at which a workbook may be tried again. */
  #held_until = new Map<string, number>()
  /** Keys to ask about in the next poll. */
  #again = new Set<string>()
  /** Where this pass goes on; reading a large folder of the disk anew in every poll would take more than its part. */
  #listing: AsyncIterator<ObjectInfo, undefined> | undefined
  /** How many objects it has seen, and the hashes of the keys that are not finished: all would be a set as large as that map in every pass. */
  #listed = 0
  #unfinished = new Set<number>()
  #is_away = false
  /** What this pass and the one before could not read. */
  #left_out = { now: new Set<string>(), before: new Set<string>() }
  #removals: Removals
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
    this.#removals = new Removals({ ...parts, worker: this.#worker, stopping: this.#stopping.signal })
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
    await Promise.all([...this.#drawing.values(), this.#removals.done])
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
      } catch (err) {
        failures++
        outage.failed(err, begun_at)
      }
      const backoff_ms = failures > 0 ? backoffDelay(failures, FIRST_DELAY_MS, MAX_DELAY_MS) : 0
      await this.#notify.notified(Math.max(config.poll_s * 1000, backoff_ms))
    }
  }

  async #findWork(): Promise<void> {
    let part = new Map<string, string>()
    let fault: unknown
    try {
      if (this.#waiting.size < BATCH) part = await this.#readPart()
    } catch (err) {
      fault = err
    }
    await this.#askAbout(part)
    this.#startWaiting()
    this.#removals.start()
    if (fault) throw fault
    if (this.#isBehind()) this.#notify.notifyOne()
  }

  #isBehind(): boolean {
    return this.#waiting.size < BATCH && this.#listing !== undefined && this.#passes === 0
  }

  /** Reads on where the last poll ended. Returns the versions that it has seen, by key. */
  async #readPart(): Promise<Map<string, string>> {
    const part = new Map<string, string>()
    const leftOut = (path: string, err: Error) => this.#reportLeftOut(path, err)
    this.#listing ??= this.#parts.objects.list(UPLOADS, { unusable: true, leftOut })[Symbol.asyncIterator]()
    try {
      let unknown: ObjectInfo[] = []
      while (this.#listing && part.size < PART && this.#waiting.size < BATCH) {
        const { done, value: object } = await this.#listing.next()
        if (done) this.#listing = undefined
        else {
          part.set(object.key, object.version)
          if (part.size % COLLECT_EVERY === 0) Bun.gc(true)
          this.#listed++
          if (this.#finished.has(object)) this.#finished.add(object)
          else {
            this.#unfinished.add(hashOf(object.key))
            if (!isAside(object.key)) unknown.push(object)
          }
        }
        if (done || unknown.length === BATCH || part.size === PART) await this.#await(unknown.splice(0))
      }
      if (!this.#listing) await this.#endPass()
    } catch (err) {
      // What was read, but not understood to its end, is read again.
      this.#startPass()
      throw err
    }
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
      const heads = await Promise.all(some.map((key) => lookFor(objects, key)))
      for (const [index, key] of some.entries()) {
        const head = heads[index]
        if (head === 'unknown') continue
        if (head) found.push(head)
        for (const chart of announced.get(key) ?? [])
          if (!head) this.#removals.add(chart)
          else if (head.version !== chart.version) await forgetReplaced(sql, chart)
      }
    }
    await this.#await(found.filter((object) => !this.#finished.has(object)))
  }

  /** Lets those wait that nobody has finished. */
  async #await(unknown: ObjectInfo[]): Promise<void> {
    for (let at = 0; at < unknown.length; at += BATCH) {
      const finished = await finishedCharts(this.#parts.sql, unknown.slice(at, at + BATCH))
      finished.forEach((source) => this.#finished.add(source))
    }
    for (const object of unknown) if (!this.#finished.has(object)) this.#waiting.set(object.key, object)
  }

  /** Finds the charts of what the pass has not seen; what other pollers have drawn is known after the first. */
  async #endPass(): Promise<void> {
    const { sql, log } = this.#parts
    const is_first = this.#passes === 0
    const misses_some = this.#finished.unseen() > 0
    // A folder that is moved or not mounted has no file either, and comes back.
    const is_away =
      this.#listed === 0 && (this.#finished.size > 1 || (is_first && (await hasSeveral(knownSources(sql, 2)))))
    if (is_away && !this.#is_away)
      log.warn({ prefix: UPLOADS }, 'uploads/ is empty: its charts stay until it has a file again')
    this.#is_away = is_away
    if (!is_away) {
      if (is_first || misses_some)
        for await (const source of knownSources(sql, BATCH))
          if (!this.#unfinished.has(hashOf(source.key)) && !this.#finished.hasSeen(source.key))
            this.#removals.add(source)
      this.#finished.forgetUnseen()
    }
    this.#left_out = { now: new Set(), before: this.#left_out.now }
    this.#passes++
    this.#finished.startPass()
    this.#startPass()
  }

  #startPass(): void {
    this.#listing = undefined
    this.#listed = 0
    this.#unfinished = new Set()
  }

  /** Says once that a folder cannot be read, until it can. */
  #reportLeftOut(path: string, err: Error): void {
    const { now, before } = this.#left_out
    if (!now.has(path) && !before.has(path)) this.#parts.log.warn({ path }, `left out of the charts: ${messageOf(err)}`)
    now.add(path)
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
    const { key } = object
    const signal = this.#handing_back.signal
    const begun_at = performance.now()
    let outcome: Outcome = 'again'
    try {
      outcome = await this.#tracing.span({ name: 'draw workbook', kind: 'consumer' }, () =>
        drawObject(object, { ...this.#parts, worker: this.#worker, signal }),
      )
      this.#held_until.delete(key)
      if (outcome !== 'again') this.#finished.add(object)
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

async function hasSeveral(sources: AsyncIterable<unknown>): Promise<boolean> {
  let found = 0
  for await (const _ of sources) if (++found > 1) return true
  return false
}
