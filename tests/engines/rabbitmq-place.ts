/** What the tests on RabbitMQ have in hand: programs on a database of their own, and removing what they made on the broker. */
import { connect, type Channel } from 'amqplib'
import pino from 'pino'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import type { Queue } from '../../db/engines/queue/queue.ts'
import { createRabbitmqQueue } from '../../db/engines/queue/rabbitmq/queue.ts'
import type { TestDatabase } from '../kit/database.ts'

export interface LogLine {
  level: number
  msg: string
}

export interface TestProgram {
  queue: Queue
  lines: LogLine[]
  close(): Promise<void>
}

/** The queue as a program of its own opens it, and all that it logs from `info` on. */
export async function rabbitmqProgram(
  url: string,
  database: TestDatabase,
  options: { stop_grace_ms?: number; max_lost?: number } = {},
): Promise<TestProgram> {
  const sql = openSql(database.url, 2)
  const lines: LogLine[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) })
  try {
    const queue = await createRabbitmqQueue({ url, sql, log, ...options })
    return {
      queue,
      lines,
      async close() {
        await queue.close()
        await sql.end({ timeout: 1 })
      },
    }
  } catch (err) {
    await sql.end({ timeout: 1 })
    throw err
  }
}

/** Runs `work` on a channel of a connection of its own. */
export async function byHand<T>(url: string, work: (channel: Channel) => Promise<T>): Promise<T> {
  const connection = await connect(url)
  try {
    return await work(await connection.createChannel())
  } finally {
    await connection.close()
  }
}

/** Removes what there is on the broker for queues of these names, with the delays that tests use. */
export const removeQueues = (url: string, names: string[], delays_ms = [0, 150, 300]) =>
  byHand(url, async (channel) => {
    for (const name of names) {
      const retries = delays_ms.map((delay_ms) => `${name}:retry:${delay_ms}`)
      for (const queue of [name, `${name}:dead`, ...retries]) await channel.deleteQueue(queue)
      for (const exchange of [`${name}:retry`, ...retries]) await channel.deleteExchange(exchange)
    }
  })
