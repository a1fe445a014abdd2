import { Registry } from 'prom-client'
import { connect } from '../db/engines/connect.ts'
import { watchPrograms } from '../db/monitoring/watch-programs.ts'
import { openOrdersDatabases } from '../db/orders/databases.ts'
import { createFirstUsers, renewServicePassword } from '../db/users/first-users.ts'
import { findFirstAdmin } from '../db/users/sign-in/first-sign-in.ts'
import { createPasswords } from '../db/users/passwords/hashing.ts'
import { refuseWords } from '../lib/command-line.ts'
import { createLog } from '../lib/log.ts'
import { addProcessMetrics, metricsOn } from '../lib/metrics/prometheus.ts'
import { announceReady, loadConfig, runProgram } from '../lib/program.ts'
import { startTracing } from '../lib/tracing/start.ts'
import { stopAll, stopSignal } from '../lib/shutdown.ts'
import { createApp } from './app.ts'
import { readApiConfig } from './config.ts'
import { bundleFolder } from './dashboard/bundle.ts'
import { createAnswers, keepFlushing } from './health/answers.ts'
import { listen } from './listen.ts'
import { openSecrets, showFirstSignIn } from './secrets.ts'
import { version } from '../package.json'

const ROLES = ['sql', 'cache', 'stream', 'history', 'objects'] as const
/** Hardly used. */
const REPORTED = ['queue', 'journal'] as const

refuseWords(Bun.argv.slice(2), 'Usage: bun run api')
const config = loadConfig(readApiConfig)

await runProgram(async () => {
  const tracing = await startTracing('api', version, config.tracing)
  const log = createLog('api', config.log_level, { traceId: tracing.traceId })
  tracing.reportTo(log)
  const registry = new Registry()
  addProcessMetrics(registry, 'api', version)
  const db = await connect(config.db, log, ROLES, REPORTED, { metrics: metricsOn(registry), tracing })
  const { service_password, ...secrets } = await openSecrets(config)
  const passwords = createPasswords(config.password_rounds)
  const answers = createAnswers(db.sql, registry)
  const order_databases = openOrdersDatabases(config.orders, db.url)
  const closing = new AbortController()
  let ready = false
  const start = { closing: closing.signal, isReady: () => ready, tracing }
  const app = createApp({ config, db, log, passwords, answers, order_databases, ...secrets, ...start })
  const server = listen(app, config)
  const stopFlushing = keepFlushing(answers)
  // Not before the port is ours: a password made by a start that fails might never be read.
  const password = await createFirstUsers(db.sql, config, service_password)
  // Whoever set ADMIN_PASSWORD knows it.
  const admin = config.admin_password === undefined ? await findFirstAdmin(db.sql) : null
  showFirstSignIn({ password, link: admin && server.url + secrets.first_links.path(admin) })
  ready = true
  const watch = watchPrograms('api', db.sql, { ...config, log })
  announceReady(log, { ...config, beat: watch.beat }, { url: server.url })
  // While nobody waits for it.
  bundleFolder(config.db.data_dir).catch((err) => log.error({ err }, 'the dashboard cannot be served'))
  renewServicePassword(db.sql, config, service_password).catch((err) => log.error({ err }, 'service user not checked'))

  log.info(`stopping on ${await stopSignal()}`)
  closing.abort()
  await stopAll(log, config.shutdown_s, [
    ['http', server.stop],
    ['answers', stopFlushing],
    ['watch', watch.stop],
    ['order databases', order_databases.close],
    ['tracing', tracing.stop],
    ['db', db.close],
  ])
})
