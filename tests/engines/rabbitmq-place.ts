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

/** Empties what there is for a queue of this name. */
export const purgeQueues = (url: string, name: string, delays_ms: number[]) =>
  Promise.all(
    [name, `${name}:dead`, ...delays_ms.map((delay_ms) => `${name}:retry:${delay_ms}`)].map((queue) =>
      whereItIs(url, (channel) => channel.purgeQueue(queue)),
    ),
  )

/** Ends the delay of every message that waits for its retry: rejected there, it takes the way of one whose time is over. */
export const passDelay = (url: string, name: string, delay_ms: number) =>
  whereItIs(url, async (channel) => {
    for (let message; (message = await channel.get(`${name}:retry:${delay_ms}`));) channel.nack(message, false, false)
    await channel.close()
  })

async function whereItIs(url: string, work: (channel: Channel) => Promise<unknown>): Promise<void> {
  try {
    await byHand(url, (channel) => {
      // What fails rejects as well; unheard it would end the process.
      channel.on('error', () => {})
      return work(channel)
    })
  } catch (err) {
    if ((err as { code?: unknown }).code !== 404) throw err
  }
}
