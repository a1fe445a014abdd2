/** The jobs program: connects, starts alerts, scheduler, worker and probe, and stops them on a signal. */
import { filesOfJobs } from '../db/jobs/jobs.ts'
import { observeSilentJobs } from '../db/jobs/observe-silent.ts'
import { observeMissed } from '../db/jobs/observe-missed.ts'
import { connect } from '../db/engines/connect.ts'
import { filesOfMonitors, registerMonitors } from '../db/monitors/register.ts'
import { watchPrograms } from '../db/monitoring/watch-programs.ts'
import { createLog } from '../lib/log.ts'
import { announceReady } from '../lib/program.ts'
import { createRetry } from '../lib/retry.ts'
import { serveMetrics } from '../lib/metrics/serve.ts'
import { startTracing } from '../lib/tracing/start.ts'
import { stopAll, stopSignal } from '../lib/shutdown.ts'
import { textIn } from '../lib/texts.ts'
import { openAlerts } from './alerts/index.ts'
import type { JobsConfig } from './config.ts'
import { JobFiles } from './files/job-files.ts'
import { startPresence } from './files/presence.ts'
import { watchFiles } from './files/watch-files.ts'
import { openMailer } from '../db/alerts/delivery/mail.ts'
import { startMonitors } from './monitors/start-monitors.ts'
import { startNotices } from './notices/index.ts'
import { startPing } from './ping.ts'
import { openOrdersDatabases } from '../db/orders/databases.ts'
import { startProbe } from './probe/index.ts'
import { jobRoles } from './roles.ts'
import { startReplica } from './start-replica.ts'
import { runsHere } from './worker/forbid-exit.ts'
import { version } from '../package.json'

export async function runJobs(config: JobsConfig): Promise<never> {
  const tracing = await startTracing('jobs', version, config.tracing)
  const log = createLog('jobs', config.log_level, { traceId: tracing.traceId })
  tracing.reportTo(log)
  const files = new JobFiles(config.jobs_dir)
  // They are read while the engines are connected; the folder's error is thrown below.
  const read = files.look({ first: true })
  read.catch(() => {})
  // A job that leaves a promise behind, or throws in a timer, must not end the other jobs' runs.
  process.on('unhandledRejection', (err) => log.error({ err }, 'a job left a rejected promise behind'))
  process.on('uncaughtException', (err) => log.error({ err, from: runsHere()?.en }, 'a job threw outside its run'))

  const ping = startPing(config.ping_url, log)
  const alerts = openAlerts(config.alerts, { log, locale: config.locale })
  // A database that is away at the start is told, too.
  if (config.db.database_url) alerts.watch(config.db.database_url)
  const { metrics, stop: stopMetrics } = await serveMetrics('jobs', version, config.metrics)
  const observed = { metrics, tracing }
  const db = await connect(config.db, log, ['sql', 'cache', 'stream', 'objects'], [], observed)
  alerts.watch(db.url)
  await alerts.deliver(db.sql, () => observeMissed(db.sql))
  const { email } = config.alerts
  const notices = email && (await startNotices(db.sql, openMailer(email), { log, locale: config.locale }))
  await read
  const { problems, monitors } = await files.settle(await filesOfJobs(db.sql), await filesOfMonitors(db.sql))
  for (const { sentence, at } of problems) log.error({ at }, textIn(sentence, 'en'))
  const presence = await startPresence(db.sql, config.jobs_dir, files, log)
  await registerMonitors(db.sql, monitors)
  const roles = jobRoles(config, db, () => log, tracing.carrier)
  // A run in a process of its own connects to the same database.
  const isolated = { ...config, db: { ...config.db, database_url: db.url } }
  const replica = await startReplica(files.jobs, roles, { ...config, isolated }, log, observed)
  const retryUntilAborted = createRetry(log, "the watch over the jobs' files")
  const watch = watchFiles(
    files,
    async ({ changed, gone, problems, well, monitors, monitors_gone }, signal) => {
      const some = changed.map(({ job }) => job)
      const others = [gone, problems, well, monitors, monitors_gone]
      if (some.length > 0 || others.some(({ length }) => length > 0)) await presence.changed(problems, signal)
      if (some.length > 0) await retryUntilAborted(() => replica.changed(some), signal)
      await retryUntilAborted(() => registerMonitors(db.sql, monitors), signal)
    },
    log,
  )
  const { data_dir } = config.db
  const order_databases = openOrdersDatabases(config.orders, db.url, { make_tables: false })
  const probe = startProbe({
    db,
    api: roles.api,
    systems: order_databases.systems,
    data_dir,
    limits: { ...config.probe, changes: config.alerts.rules },
    log,
  })
  const isNeeded = () => files.monitors.live.size > 0
  const watched = startMonitors(db.sql, { log, env: process.env, isNeeded })
  const observe = () => observeSilentJobs(db.sql)
  const programs = watchPrograms('jobs', db.sql, { ...config, log, onBeat: ping.beat, observe })
  announceReady(log, { ...config, beat: programs.beat }, { jobs: [...files.jobs.keys()] })

  log.info(`stopping on ${await stopSignal()}`)
  // Handing back takes up to two seconds, closing the rest.
  const finish_ms = Math.max(config.shutdown_s * 1000 - 3000, config.shutdown_s * 300)
  return stopAll(log, config.shutdown_s, [
    ['probe', () => probe.stop().finally(order_databases.close)],
    ['monitors', watched.stop],
    ['files', watch.stop],
    ['presence', presence.stop],
    ['jobs', () => replica.stop(finish_ms)],
    ['alerts', () => alerts.stop()],
    ['notices', async () => notices?.stop()],
    ['programs', programs.stop],
    ['metrics', stopMetrics],
    ['tracing', tracing.stop],
    ['db', db.close],
  ])
}
