/**
 * Looks at uploads/ every few seconds and draws each version of each workbook once, however many pollers do the same:
 * the charts table says whose it is. What is finished is remembered here, so that an idle poll asks the database nothing.
 */
import type { Sql } from 'postgres'
import { createNotify } from '../../lib/notify.ts'
import { isAside, UPLOADS } from '../../db/charts/uploads.ts'
import { finishedCharts, type ChartSource } from '../../db/charts/claim-charts.ts'
import type { ObjectInfo, Objects } from '../../db/engines/objects/objects.ts'
import { backoffDelay, withDeadline } from '../../lib/retry.ts'
import type { Log } from '../../lib/log.ts'
import type { ChartsConfig } from '../config.ts'
import type { DrawingPool } from '../pool/index.ts'
import { drawObject } from './draw-object.ts'
import { removeLeftFolders } from './work-folder.ts'

export interface PollerParts {
  sql: Sql
  objects: Objects
  pool: DrawingPool
  config: Pick<ChartsConfig, 'poll_s' | 'workers' | 'lease_s' | 'locale' | 'limits'>
  log: Log
}

export interface Poller {
  /** Looks at once instead of at the next interval. */
  wake(): void
  /** Starts nothing more, lets what is being drawn finish for `finish_ms`, hands back the rest. */
  stop(finish_ms: number): Promise<void>
}

/** Sources asked about in one statement. */
const ASK_AT_ONCE = 1_000
/** After a fault that is not the workbook's (disk full, database away), so long until it is tried again here. */
const RETRY_MS = 10_000
/** It goes on soon after an outage, and asks little meanwhile. */
const MAX_OUTAGE_DELAY_MS = 3_000

export function startPoller(parts: PollerParts): Poller {
  const { sql, objects, config, log } = parts
  const worker = `charts-${process.pid}-${Bun.randomUUIDv7().slice(-8)}`
  const stopping = new AbortController()
  const handBack = new AbortController()
  const notify = createNotify()
  /** Version by key, of what needs no further look. */
  const finished = new Map<string, string>()
  /** What waits for a free drawing process, in the order found. */
  let waiting: ObjectInfo[] = []
  const drawing = new Map<string, Promise<void>>()
  const notBefore = new Map<string, number>()
  let failures = 0

  const loop = run()

  async function run(): Promise<void> {
    await removeLeftFolders(log)
    while (!stopping.signal.aborted) {
      try {
        waiting = await findWork()
        if (failures > 0) log.info('goes on: uploads and database answer again')
        failures = 0
        startWaiting()
      } catch (err) {
        if (failures++ === 0) log.warn({ err }, 'cannot look for workbooks; trying again')
      }
      const delay_ms = config.poll_s * 1000
      await notify.notified(
        failures > 0 ? Math.max(delay_ms, backoffDelay(failures, 500, MAX_OUTAGE_DELAY_MS)) : delay_ms,
      )
    }
  }

  async function findWork(): Promise<ObjectInfo[]> {
    const seen = new Set<string>()
    const unknown: ObjectInfo[] = []
    for await (const object of objects.list(UPLOADS)) {
      seen.add(object.key)
      if (finished.get(object.key) !== object.version && !isAside(object.key)) unknown.push(object)
    }
    for (const key of finished.keys()) if (!seen.has(key)) finished.delete(key)
    for (let at = 0; at < unknown.length; at += ASK_AT_ONCE) {
      const asked = unknown.slice(at, at + ASK_AT_ONCE)
      for (const done of await withDeadline(finishedCharts(sql, asked))) remember(done)
    }
    return unknown.filter(({ key, version }) => finished.get(key) !== version)
  }

  function remember({ key, version }: ChartSource): void {
    finished.set(key, version)
  }

  function startWaiting(): void {
    while (drawing.size < config.workers && !stopping.signal.aborted) {
      const next = waiting.findIndex(({ key }) => !drawing.has(key) && (notBefore.get(key) ?? 0) <= Date.now())
      if (next === -1) return
      const [object] = waiting.splice(next, 1)
      drawing.set(object!.key, drawOne(object!))
    }
  }

  async function drawOne(object: ObjectInfo): Promise<void> {
    try {
      const outcome = await drawObject(object, { ...parts, worker, signal: handBack.signal })
      notBefore.delete(object.key)
      if (outcome === 'finished') remember(object)
    } catch (err) {
      if (!handBack.signal.aborted) log.error({ err, key: object.key }, 'drawing was put off')
      notBefore.set(object.key, Date.now() + RETRY_MS)
    } finally {
      drawing.delete(object.key)
      startWaiting()
    }
  }

  return {
    wake: () => notify.notifyOne(),
    async stop(finish_ms) {
      stopping.abort()
      notify.notifyOne()
      const timer = setTimeout(() => handBack.abort(new Error('the poller stops')), finish_ms)
      await loop
      await Promise.all(drawing.values())
      clearTimeout(timer)
    },
  }
}
