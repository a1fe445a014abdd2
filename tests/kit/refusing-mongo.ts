/** A MongoDB server that answers everybody, and refuses every password. */
import { BSON } from 'mongodb'

const HEADER_BYTES = 16
const OP_REPLY = 1
const OP_QUERY = 2004
const OP_MSG = 2013

const HELLO = { isWritablePrimary: true, ismaster: true, helloOk: true, minWireVersion: 0, maxWireVersion: 21, ok: 1 }
const REFUSED = { ok: 0, code: 18, codeName: 'AuthenticationFailed', errmsg: 'Authentication failed.' }

export interface RefusingMongo {
  /** For JOURNAL_URL. */
  url: string
  /** How often somebody has connected. */
  connections(): number
  stop(): void
}

export function refusingMongo(): RefusingMongo {
  let connections = 0
  const server = Bun.listen<{ received: Buffer }>({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      open(socket) {
        connections++
        socket.data = { received: Buffer.alloc(0) }
      },
      data(socket, bytes) {
        let received = Buffer.concat([socket.data.received, bytes])
        while (received.length >= HEADER_BYTES && received.length >= received.readInt32LE(0)) {
          const size = received.readInt32LE(0)
          socket.write(answer(received.subarray(0, size)))
          received = received.subarray(size)
        }
        socket.data = { received }
      },
    },
  })
  return {
    url: `mongodb://doca:wrong@127.0.0.1:${server.port}/doca?authSource=admin`,
    connections: () => connections,
    stop: () => server.stop(true),
  }
}

/** The first question of a connection is asked in the old form, and answered in it. */
function answer(question: Buffer): Buffer {
  const old = question.readInt32LE(12) === OP_QUERY
  const asked = old ? { hello: 1 } : BSON.deserialize(question.subarray(HEADER_BYTES + 5))
  const body = Buffer.from(BSON.serialize('hello' in asked || 'ismaster' in asked ? HELLO : REFUSED))
  const before = Buffer.alloc(old ? 20 : 5)
  if (old) before.writeInt32LE(1, 16)
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeInt32LE(HEADER_BYTES + before.length + body.length, 0)
  header.writeInt32LE(question.readInt32LE(4), 8)
  header.writeInt32LE(old ? OP_REPLY : OP_MSG, 12)
  return Buffer.concat([header, before, body])
}
