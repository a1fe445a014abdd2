import { expect, test } from 'bun:test'
import { createServer, type AddressInfo } from 'node:net'
import { openProducer } from '../../../../db/engines/stream/kafka/platformatic/producer.ts'
import { readKafkaUrl } from '../../../../db/engines/stream/kafka/url.ts'

test('a connection that is reset while we sign in fails the produce, and nothing else', async () => {
  let connections = 0
  const server = createServer((socket) => {
    connections++
    socket.on('error', () => {})
    socket.once('data', () => socket.resetAndDestroy())
  })
  const listening = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', listening.resolve)
  await listening.promise
  const { port } = server.address() as AddressInfo
  const producer = await openProducer({ settings: readKafkaUrl(`kafka://me:secret@127.0.0.1:${port}`) })
  const message = { partition: 0, key: null, value: Buffer.from('x'), headers: {}, expires_at: Infinity }
  // Without our listener, the error that the client emits beside it would fail this test as it ended the process.
  await expect(producer.send('t', [message])).rejects.toThrow()
  expect(connections).toBeGreaterThan(0)
  await producer.disconnect()
  server.close()
})
