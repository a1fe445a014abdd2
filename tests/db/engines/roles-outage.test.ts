/** The engine under the roles is killed while consumers have work in hand. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pino from 'pino'
import { readDbConfig } from '../../../db/engines/config.ts'
import { connect, type Db } from '../../../db/engines/connect.ts'
import { ROLE_NAMES } from '../../../db/engines/roles.ts'
import { envReader } from '../../../lib/env.ts'
import { until } from '../../kit/program.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

let db: Db
let data_dir: string
const gate = Promise.withResolvers<void>()
const lines: Array<{ msg: string }> = []
beforeAll(async () => {
  data_dir = temporaryFolder()
  const log = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) })
  db = await connect(readDbConfig(envReader({ DATA_DIR: data_dir, DATABASE_WAIT_S: '20' })), log, ROLE_NAMES)
})
afterAll(async () => {
  gate.resolve()
  await db.close()
})

const bytes = (text: string) => new TextEncoder().encode(text)

test('consumers outlive a killed engine: what they had in hand ends once, and new work wakes them', async () => {
  const batches: string[][] = []
  const deliveries: Array<[id: string, attempt: number]> = []
  await db.stream.consume({
    group: 'g',
    topic: 't',
    from: 'earliest',
    async onBatch(messages) {
      batches.push(messages.map(({ value }) => new TextDecoder().decode(value)))
      await gate.promise
    },
  })
  await db.queue.consume({ name: 'q', max_attempts: 3, retry_delay_ms: 0 }, async ({ id, attempt }) => {
    deliveries.push([id, attempt])
    await gate.promise
    return 'ack'
  })
  await db.stream.produce('t', [{ key: 'k', value: bytes('before') }])
  await db.queue.publish('q', [{ id: 'before', body: bytes('') }])
  await until('work in hand', () => batches.length === 1 && deliveries.length === 1)

  const backends = await db.sql<{ pid: number }[]>`select pid from pg_stat_activity`
  const postmaster = Number((await readFile(join(data_dir, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0])
  process.kill(postmaster, 'SIGKILL')
  await until('the end of every connection', () => !backends.some(({ pid }) => isRunning(pid)))
  gate.resolve()

  await until('the stream to take messages', () => works(db.stream.produce('t', [{ key: 'k', value: bytes('after') }])))
  await until('the queue to take messages', () => works(db.queue.publish('q', [{ id: 'after', body: bytes('') }])))
  await until('all of it', () => batches.length === 2 && deliveries.length === 2)
  await until('nothing left', async () => {
    const [lag, depth] = [await db.stream.lag('g'), await db.queue.depth('q')]
    return lag.every((partition) => partition.lag === 0) && depth.ready + depth.delayed + depth.in_flight === 0
  })
  expect(batches).toEqual([['before'], ['after']])
  expect(deliveries).toEqual([
    ['before', 1],
    ['after', 1],
  ])
  for (const who of ['group g of topic t', 'queue q'])
    expect(lines.filter(({ msg }) => msg.startsWith(`${who} waits`)).length).toBeLessThanOrEqual(1)
})

async function works(call: PromiseLike<unknown>): Promise<boolean> {
  try {
    await call
    return true
  } catch {
    return false
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
