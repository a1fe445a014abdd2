import { connect, type Db } from '../db/engines/connect.ts'
import type { LazyRole, RoleName } from '../db/engines/roles.ts'
import { watchPrograms } from '../db/monitoring/watch-programs.ts'
import { eventsReplays } from '../db/events/replay-source.ts'
import { ordersReplays } from '../db/orders/replay-source.ts'
import { peopleReplays } from '../db/people/letters.ts'
import { parseWords, wrongUsage } from '../lib/command-line.ts'
import { keepSmall } from '../lib/keep-small.ts'
import { createLog, type Log } from '../lib/log.ts'
import { announceReady, loadConfig, runProgram } from '../lib/program.ts'
import { serveMetrics } from '../lib/metrics/serve.ts'
import { startTracing } from '../lib/tracing/start.ts'
import { stopAll, stopSignal } from '../lib/shutdown.ts'
import { readConsumersConfig } from './config.ts'
import { events } from './events.ts'
import { failedEvents } from './failed-events.ts'
import { orders, type OrdersDb } from './orders.ts'
import { runReplays } from './replays.ts'
import { runQueue } from './run-queue.ts'
import { countMessages, runStream, type ConsumerDb, type CountMessages } from './run-stream.ts'
import { startUsers, USERS_MODES, type UsersMode } from './users.ts'
import { version } from '../package.json'

interface Consumer {
  roles: RoleName[]
  /** Opened by their first call. */
  later: LazyRole[]
  start(db: Db, log: Log, count: CountMessages): Array<Promise<{ stop(): Promise<void> }>>
}

/** What each needs, and what starts it. Without words, all of them run. */
const CONSUMERS: Record<string, Consumer> = {
  events: {
    roles: ['sql', 'stream', 'history'],
    later: [],
    start: (db: ConsumerDb, log, count) => [
      runStream(events(db, config.events), db.stream, log, count),
      runStream(failedEvents(db), db.stream, log, count),
      runReplays(eventsReplays(db.stream), db.sql, log, count),
    ],
  },
  orders: {
    roles: ['sql', 'queue'],
    // Where it refuses us, orders wait and events go on.
    later: ['journal'],
    start: (db: OrdersDb, log, count) => [
      runQueue(orders(db, config.orders, log), db.queue, log, count),
      runReplays(ordersReplays(db.queue), db.sql, log, count),
    ],
  },
  users: {
    roles: ['sql', 'stream', 'history'],
    later: [],
    start: (db: ConsumerDb, log, count) => [
      startUsers(config.people, mode, db, log, count),
      runReplays(peopleReplays(db.stream, config.people.topic), db.sql, log, count),
    ],
  },
}
const NAMES = Object.keys(CONSUMERS)

const usage = `Usage: bun run consumers [${NAMES.join('|')} …] [--mode initial|append]
--mode, of users: initial reads the topic from its beginning; append only what is new. Without it they go on where they were.`
const { positionals, values } = parseWords(Bun.argv.slice(2), { mode: { type: 'string' } }, usage)
const mode = (values.mode ?? 'resume') as UsersMode
if (!USERS_MODES.includes(mode)) wrongUsage(`There is no mode ${mode}.`, usage)
const unknown = positionals.filter((name) => !NAMES.includes(name))
if (unknown.length > 0) wrongUsage(`There is no consumer ${unknown.join(', ')}.`, usage)
const chosen = NAMES.filter((name) => positionals.length === 0 || positionals.includes(name))
if (values.mode !== undefined && !chosen.includes('users')) wrongUsage('--mode is of users.', usage)

const config = loadConfig(readConsumersConfig)

await runProgram(async () => {
  const tracing = await startTracing('consumers', version, config.tracing)
  const log = createLog('consumers', config.log_level, { traceId: tracing.traceId })
  tracing.reportTo(log)
  const { metrics, stop: stopMetrics } = await serveMetrics('consumers', version, config.metrics)
  const roles = [...new Set(chosen.flatMap((name) => CONSUMERS[name]!.roles))]
  const later = [...new Set(chosen.flatMap((name) => CONSUMERS[name]!.later))]
  // Each is given the roles that it names.
  const db = (await connect(config.db, log, roles, later, { metrics, tracing })) as Db
  const count = countMessages(metrics)
  const running = await Promise.all(chosen.flatMap((name) => CONSUMERS[name]!.start(db, log, count)))
  keepSmall()
  const watch = watchPrograms('consumers', db.sql, { ...config, log })
  announceReady(log, { ...config, beat: watch.beat }, { consumers: chosen })

  log.info(`stopping on ${await stopSignal()}`)
  await stopAll(log, config.shutdown_s, [
    ['consumers', () => Promise.all(running.map((consumer) => consumer.stop()))],
    ['watch', watch.stop],
    ['metrics', stopMetrics],
    ['tracing', tracing.stop],
    ['db', db.close],
  ])
})
