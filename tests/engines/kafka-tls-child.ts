/** Produces a message and consumes it, over TLS to a Kafka whose certificate NODE_EXTRA_CA_CERTS names. */
import pino from 'pino'
import { createKafkaStream } from '../../db/engines/stream/kafka/stream.ts'

const { url, client } = JSON.parse(Bun.argv[2]!)
const stream = await createKafkaStream(url, { client, log: pino(pino.destination(2)) })
const topic = `tls-${client}`
await stream.produce(topic, [{ key: 'k', value: new TextEncoder().encode('sealed') }])
const received = Promise.withResolvers<string>()
await stream.consume({
  group: topic,
  topic,
  from: 'earliest',
  onBatch: async ([message]) => received.resolve(new TextDecoder().decode(message!.value)),
})
console.log(`received ${await received.promise}`)
await stream.close()
