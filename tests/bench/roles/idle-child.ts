/** One idle consumer of the role in the first word, on what the environment names; prints what it cost. */
import pino from 'pino'
import postgres from 'postgres'
import { readDbConfig } from '../../../db/engines/config.ts'
import { connect } from '../../../db/engines/connect.ts'
import { openQueue } from '../../../db/engines/queue/open.ts'
import { openStream } from '../../../db/engines/stream/open.ts'
import { envReader } from '../../../lib/env.ts'
import { IDLE_S, type IdleAnswer } from './idle.ts'

const log = pino({ level: 'warn' }, pino.destination(2))
const config = readDbConfig(envReader(process.env))
const { stream_url, queue_url } = config
const db = await connect(config, log, ['sql'])
let statements = 0
const counted = postgres({ ...db.sql.options, debug: () => statements++ } as object) as unknown as typeof db.sql

const role = Bun.argv[2] === 'stream' ? await idleStream() : await idleQueue()
// Joining is over by then.
await Bun.sleep(3000)
statements = 0
const cpu = process.cpuUsage()
await Bun.sleep(IDLE_S * 1000)
const { user, system } = process.cpuUsage(cpu)
const on_sql = Bun.argv[2] === 'stream' ? stream_url === undefined : queue_url === undefined
const answer: IdleAnswer = {
  cpu_percent: (user + system) / 1e4 / IDLE_S,
  statements: on_sql ? statements / IDLE_S : null,
}
await role.close()
await counted.end()
await db.close()
process.stdout.write(JSON.stringify(answer), () => process.exit(0))

async function idleStream() {
  const stream = await openStream({ url: stream_url, sql: counted, log, lease_ms: 10_000 })
  await stream.consume({ group: 'bench-idle', topic: 'bench-idle', from: 'latest', onBatch: async () => {} })
  return stream
}

async function idleQueue() {
  const queue = await openQueue({ url: queue_url, sql: counted, log })
  await queue.consume({ name: 'bench-idle', max_attempts: 1, retry_delay_ms: 0 }, async () => 'ack')
  return queue
}
