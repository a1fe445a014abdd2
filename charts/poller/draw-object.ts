/** Draws one version of one workbook: claim, fetch, draw, write the picture with its summary, or the sentence why not. */
import type { Sql } from 'postgres'
import {
  claimChart,
  finishChart,
  forgetChart,
  releaseChart,
  renewChart,
  type ChartClaim,
} from '../../db/charts/claim-charts.ts'
import { isKey } from '../../db/engines/objects/key.ts'
import { UNREADABLE_NAME, type ObjectInfo, type Objects } from '../../db/engines/objects/objects.ts'
import { AppError } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import type { ChartsConfig } from '../config.ts'
import type { Drawing } from '../draw.ts'
import { ChildFailed } from '../../lib/child/child-worker.ts'
import type { DrawingPool } from '../pool/index.ts'
import { maybeUnfinished, Refusal } from '../refusal.ts'
import { keepLease } from './keep-lease.ts'
import { writeDrawing, writeRefusal } from './write-outputs.ts'
import { withWorkFile } from './work-folder.ts'

/** A workbook that crashes its drawing process this often will do so again: its owner is told. */
export const MOST_ATTEMPTS = 3

/** `again`: in the next poll. */
export type Outcome = 'drawn' | 'refused' | 'again'

export interface DrawParts {
  sql: Sql
  objects: Objects
  pool: DrawingPool
  config: Pick<ChartsConfig, 'lease_s' | 'locale' | 'limits'>
  log: Log
  worker: string
  /** Aborted when the poller hands back what it has not finished. */
  signal: AbortSignal
}

export async function drawObject(object: ObjectInfo, parts: DrawParts): Promise<Outcome> {
  const { sql, config, log, worker } = parts
  const claim = await claimChart(sql, object, { worker, lease_s: config.lease_s })
  // Another poller has it; the next poll asks whether it is finished.
  if (!claim) return 'again'
  const lease = keepLease(sql, claim, config.lease_s, log)
  const signal = AbortSignal.any([parts.signal, lease.lost])
  const started_at = performance.now()
  try {
    const result = claim.attempt > MOST_ATTEMPTS ? givenUp() : await drawFetched(object, { ...parts, signal })
    if (result === 'gone' || (result instanceof Refusal && isUnfinished(object, result))) {
      await forgetChart(sql, claim)
      return 'again'
    }
    return await writeResult(object, claim, result, parts, started_at)
  } catch (thrown) {
    if (lease.lost.aborted) return 'again'
    // A drawing process that died counts as an attempt; any other fault is not the workbook's.
    await release(sql, claim, thrown instanceof ChildFailed, log)
    if (!(thrown instanceof ChildFailed)) throw thrown
    log.warn({ key: object.key, attempt: claim.attempt, err: thrown }, 'drawing failed')
    return 'again'
  } finally {
    lease.stop()
  }
}

const givenUp = () => new Refusal('drawing_failed', { attempts: MOST_ATTEMPTS })

/** A file that is still being copied only looks broken. */
function isUnfinished(object: ObjectInfo, refusal: Refusal): boolean {
  return !object.settled && maybeUnfinished(refusal.code)
}

type Result = Drawing | Refusal | 'gone'

async function drawFetched(object: ObjectInfo, { objects, pool, config, signal }: DrawParts): Promise<Result> {
  if (!isKey(object.key) || object.version === UNREADABLE_NAME) return new Refusal('name_unusable')
  const limit = config.limits.file_bytes
  if (object.size_bytes > limit) return new Refusal('file_too_large', { limit_mb: Math.round(limit / 1024 / 1024) })
  const found = await objects.get(object.key).catch((thrown) => {
    // Whoever changes that makes another version.
    if (thrown instanceof AppError && thrown.code === 'disk_denied') return 'denied' as const
    throw thrown
  })
  if (found === 'denied') return new Refusal('not_readable')
  if (!found) return 'gone'
  // The claim is for one version; the newer one has a claim of its own.
  if (found.info.version !== object.version) return found.body.cancel().then(() => 'gone' as const)
  try {
    const drawing = await withWorkFile(found.body, (path) => pool.draw(path, fileName(object.key), signal))
    return (await isCurrent(objects, object)) ? drawing : 'gone'
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'object_changed') return 'gone'
    if (thrown instanceof Refusal) return (await isCurrent(objects, object)) ? thrown : 'gone'
    throw thrown
  }
}

async function isCurrent(objects: Objects, object: ObjectInfo): Promise<boolean> {
  return (await objects.head(object.key))?.version === object.version
}

const fileName = (key: string) => key.slice(key.lastIndexOf('/') + 1)

/** Writes the outputs, then the row: a poller that dies in between leaves work that another does again. */
async function writeResult(
  object: ObjectInfo,
  claim: ChartClaim,
  result: Drawing | Refusal,
  { sql, objects, config, log }: DrawParts,
  started_at: number,
): Promise<Outcome> {
  if (!(await renewChart(sql, claim, config.lease_s))) return 'again'
  const { output_key } = claim
  const facts = { key: object.key, output_key, attempt: claim.attempt }
  if (result instanceof Refusal) {
    const refusal = await writeRefusal(objects, output_key, object, result, config.locale)
    if (!(await finishChart(sql, claim, refusal))) return 'again'
    log.warn({ ...facts, code: refusal.code }, 'workbook cannot be drawn')
  } else {
    await writeDrawing(objects, output_key, result)
    if (!(await finishChart(sql, claim, 'drawn'))) return 'again'
    log.info({ ...facts, duration_ms: Math.round(performance.now() - started_at) }, 'chart drawn')
  }
  return result instanceof Refusal ? 'refused' : 'drawn'
}

async function release(sql: Sql, claim: ChartClaim, counts: boolean, log: Log): Promise<void> {
  await releaseChart(sql, claim, counts).catch((err: unknown) => {
    log.warn({ err, id: claim.id }, 'the lease could not be released; it expires by itself')
  })
}
