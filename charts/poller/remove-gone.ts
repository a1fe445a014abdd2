/** Removes the chart of a workbook that is gone: a picture of what somebody has taken back would mislead. */
import type { ChartSource } from '../../db/charts/claim-charts.ts'
import { claimGoneChart, forgetGoneChart, goneChart } from '../../db/charts/gone-charts.ts'
import { outputFiles, refusalKey } from '../../db/charts/keys.ts'
import { isKey } from '../../db/engines/objects/key.ts'
import type { ObjectInfo, Objects } from '../../db/engines/objects/objects.ts'
import { AppError } from '../../lib/errors.ts'
import type { DrawParts } from './draw-object.ts'

/** Another poller that sees the workbook has claimed it by then. */
const UNCLAIMED_S = 60

/**
 * Looks once more before it does. A poller with objects of its own, a folder that is not mounted say, sees no workbook either: only
 * where the files of the chart are, a missing workbook is gone.
 */
export async function removeGone(
  source: ChartSource,
  { sql, objects, config, log, worker }: Omit<DrawParts, 'signal' | 'pool'>,
): Promise<void> {
  const { key } = source
  if (isKey(key) && (await lookFor(objects, key))) return
  const { output_key, is_finished, age_s } = await goneChart(sql, key)
  if (is_finished ? output_key !== null && !(await hasFiles(objects, output_key)) : age_s < UNCLAIMED_S) return
  const claim = await claimGoneChart(sql, source, { worker, lease_s: config.lease_s })
  if (!claim) return
  // It is drawn again should the workbook come back, so its deletion need not wait for a backup.
  if (claim.output_key !== null)
    for (const file of outputFiles(claim.output_key)) await objects.delete(file, { at_once: true })
  if (await forgetGoneChart(sql, key, claim))
    log.info({ key, output_key: claim.output_key }, 'chart removed with its workbook')
}

/** `unknown`: in a folder that cannot be read. */
export async function lookFor(objects: Objects, key: string): Promise<ObjectInfo | 'unknown' | null> {
  try {
    return await objects.head(key)
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'disk_denied') return 'unknown'
    throw thrown
  }
}

async function hasFiles(objects: Objects, output_key: string): Promise<boolean> {
  return (await objects.head(`${output_key}.png`)) !== null || (await objects.head(refusalKey(output_key))) !== null
}
