/** What the tests on RabbitMQ have in hand. */
import { connect } from 'amqplib'

/** Removes what there is on the broker for queues of these names, with the delays that tests use. */
export async function removeQueues(url: string, names: string[], delays_ms = [0, 150, 300]): Promise<void> {
  const connection = await connect(url)
  const channel = await connection.createChannel()
  for (const name of names) {
    const retries = delays_ms.map((delay_ms) => `${name}:retry:${delay_ms}`)
    for (const queue of [name, `${name}:dead`, ...retries]) await channel.deleteQueue(queue)
    for (const exchange of [`${name}:retry`, ...retries]) await channel.deleteExchange(exchange)
  }
  await connection.close()
}
