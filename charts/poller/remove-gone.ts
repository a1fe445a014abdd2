/** Removes the chart of a workbook that is gone: a picture of what somebody has taken back would mislead. */
import type { ChartSource } from '../../db/charts/claim-charts.ts'
import { claimGoneChart, forgetGoneChart } from '../../db/charts/gone-charts.ts'
import { outputFiles } from '../../db/charts/keys.ts'
import { isKey } from '../../db/engines/objects/key.ts'
import type { DrawParts } from './draw-object.ts'

/** Looks once more before it does. */
export async function removeGone(
  source: ChartSource,
  { sql, objects, config, log, worker }: Omit<DrawParts, 'signal' | 'pool'>,
): Promise<void> {
  const { key } = source
  if (isKey(key) && (await objects.head(key))) return
  const claim = await claimGoneChart(sql, source, { worker, lease_s: config.lease_s })
  if (!claim) return
  // It is drawn again should the workbook come back, so its deletion need not wait for a backup.
  if (claim.output_key !== null)
    for (const file of outputFiles(claim.output_key)) await objects.delete(file, { at_once: true })
  if (await forgetGoneChart(sql, key, claim))
    log.info({ key, output_key: claim.output_key }, 'chart removed with its workbook')
}
