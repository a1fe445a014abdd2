/** amqplib by itself, with the same promises as the queue role: on disk in a quorum queue, routed, confirmed. */
import { connect } from 'amqplib'
import { CONCURRENCY, type QueueSide } from './queue.ts'
import { arrivals, sleeper } from './timing.ts'

/** Removes its queues when it is closed, and `made`, which others have made. */
export async function bareRabbitmq(
  url: string,
  prefix: string,
  made: string[],
): Promise<QueueSide & { close(): Promise<void> }> {
  const connection = await connect(url)
  const publishing = await connection.createConfirmChannel()
  const consuming = await connection.createChannel()
  await consuming.prefetch(CONCURRENCY)
  let returned = 0
  publishing.on('return', () => returned++)

  async function queueOf(name: string): Promise<string> {
    const own = `${prefix}bare-${name}`
    await publishing.assertQueue(own, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
    return own
  }

  const known = new Map<string, Promise<string>>()
  const nameOf = (name: string) => {
    const own = known.get(name) ?? queueOf(name)
    known.set(name, own)
    return own
  }

  return {
    async publish(name, messages) {
      const queue = await nameOf(name)
      for (const { id, body } of messages) {
        const content = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
        publishing.sendToQueue(queue, content, { messageId: id, persistent: true, mandatory: true })
      }
      await publishing.waitForConfirms()
      if (returned > 0) throw new Error(`${returned} messages were returned`)
    },
    async consume(name, count) {
      const { came, all } = arrivals(count)
      const { consumerTag } = await consuming.consume(await nameOf(name), (message) => {
        came(1)
        consuming.ack(message!)
      })
      const rate = await all
      await consuming.cancel(consumerTag)
      return rate
    },
    sleeper: (name) =>
      sleeper(async (woken) => {
        const queue = await nameOf(name)
        await consuming.consume(queue, (message) => {
          woken()
          consuming.ack(message!)
        })
        const content = Buffer.alloc(300)
        return async () => {
          publishing.sendToQueue(queue, content, { persistent: true, mandatory: true })
          await publishing.waitForConfirms()
        }
      }),
    async close() {
      for (const queue of [...made, ...(await Promise.all(known.values()))]) await publishing.deleteQueue(queue)
      await connection.close()
    },
  }
}
