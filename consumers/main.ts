import { connect } from '../db/engines/connect.ts'
import { watchPrograms } from '../db/monitoring/watch-programs.ts'
import { parseWords, wrongUsage } from '../lib/command-line.ts'
import { createLog } from '../lib/log.ts'
import { announceReady, loadConfig, runProgram } from '../lib/program.ts'
import { serveMetrics } from '../lib/metrics/serve.ts'
import { startTracing } from '../lib/tracing/start.ts'
import { stopAll, stopSignal } from '../lib/shutdown.ts'
import { readConsumersConfig } from './config.ts'
import { events } from './events.ts'
import { countMessages, runStream } from './run-stream.ts'
import { version } from '../package.json'

/** Without words, all of them run. */
const CONSUMERS = [events]
const NAMES = CONSUMERS.map(({ name }) => name)

const usage = `Usage: bun run consumers [${NAMES.join('|')} …]`
const { positionals } = parseWords(Bun.argv.slice(2), {}, usage)
const unknown = positionals.filter((name) => !NAMES.includes(name))
if (unknown.length > 0) wrongUsage(`There is no consumer ${unknown.join(', ')}.`, usage)
const chosen = CONSUMERS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))

const config = loadConfig(readConsumersConfig)

await runProgram(async () => {
  const tracing = await startTracing('consumers', version, config.tracing)
  const log = createLog('consumers', config.log_level, { traceId: tracing.traceId })
  tracing.reportTo(log)
  const { metrics, stop: stopMetrics } = await serveMetrics('consumers', version, config.metrics)
  const db = await connect(config.db, log, ['sql', 'stream', 'history'], [], { metrics, tracing })
  const count = countMessages(metrics)
  const running = await Promise.all(chosen.map((consumer) => runStream(consumer, db, log, count)))
  const watch = watchPrograms('consumers', db.sql, { ...config, log })
  announceReady(log, { ...config, beat: watch.beat }, { consumers: chosen.map(({ name }) => name) })

  log.info(`stopping on ${await stopSignal()}`)
  await stopAll(log, config.shutdown_s, [
    ['consumers', () => Promise.all(running.map((consumer) => consumer.stop()))],
    ['watch', watch.stop],
    ['metrics', stopMetrics],
    ['tracing', tracing.stop],
    ['db', db.close],
  ])
})
