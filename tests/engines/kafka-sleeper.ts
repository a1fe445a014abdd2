/** A consumer that is put to sleep: prints each batch, and returns from its handler once the file `release` is there. */
import { existsSync } from 'node:fs'
import pino from 'pino'
import { createKafkaStream } from '../../db/engines/stream/kafka/stream.ts'

const { url, client, lease_ms, consume, release } = JSON.parse(Bun.argv[2]!)
const stream = await createKafkaStream(url, { client, log: pino({ level: 'silent' }), lease_ms, stop_grace_ms: 500 })
await stream.consume({
  ...consume,
  async onBatch(messages) {
    process.stdout.write(`batch ${messages.map(({ offset }) => offset).join(' ')}\n`)
    while (!existsSync(release)) await Bun.sleep(5)
    process.stdout.write('returned\n')
  },
})
