/** The poller as a program: opens its roles, polls uploads/ until it is told to stop, closes everything. */
import { CHARTS_CHANGED, UPLOADS_CHANGED } from '../../db/charts/claim-charts.ts'
import { connect } from '../../db/engines/connect.ts'
import { listen } from '../../db/engines/postgres/listen.ts'
import { watchPrograms } from '../../db/monitoring/watch-programs.ts'
import { keepSmall } from '../../lib/keep-small.ts'
import { createLog } from '../../lib/log.ts'
import { announceReady } from '../../lib/program.ts'
import { serveMetrics } from '../../lib/metrics/serve.ts'
import { startTracing } from '../../lib/tracing/start.ts'
import { stopAll, stopSignal } from '../../lib/shutdown.ts'
import type { ChartsConfig } from '../config.ts'
import { createPool } from '../pool/index.ts'
import { startPoller } from './poll.ts'
import { version } from '../../package.json'

/** Drawings may take this long after the signal; those that take longer are handed back. */
const FINISH_MS = 4_000

export async function runPoller(config: ChartsConfig): Promise<never> {
  const tracing = await startTracing('charts', version, config.tracing)
  const log = createLog('charts', config.log_level, { traceId: tracing.traceId })
  tracing.reportTo(log)
  const { metrics, stop: stopMetrics } = await serveMetrics('charts', version, config.metrics)
  const observed = { metrics, tracing }
  const db = await connect(config.db, log, ['sql', 'objects'], [], observed)
  const pool = createPool(config)
  const poller = startPoller({ sql: db.sql, objects: db.objects, pool, config, log, watch: observed })
  // An upload need not wait for the next poll.
  const unlisten = await listen(db.sql, CHARTS_CHANGED, (what) => {
    if (what === UPLOADS_CHANGED) poller.wake()
  })
  const watch = watchPrograms('charts', db.sql, { ...config, log })
  announceReady(log, { ...config, beat: watch.beat }, { poll_s: config.poll_s })
  keepSmall()

  log.info(`stopping on ${await stopSignal()}`)
  return stopAll(log, config.shutdown_s, [
    ['uploads', unlisten],
    ['poller', () => poller.stop(Math.min(FINISH_MS, config.shutdown_s * 500))],
    ['drawing processes', async () => pool.close()],
    ['watch', watch.stop],
    ['metrics', stopMetrics],
    ['tracing', tracing.stop],
    ['db', db.close],
  ])
}
