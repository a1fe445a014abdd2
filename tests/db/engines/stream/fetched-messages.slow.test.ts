import { expect, setDefaultTimeout, test } from 'bun:test'
import { createRequire } from 'node:module'

// It has no types for these.
const require = createRequire(import.meta.url)
const Decoder = require('kafkajs/src/protocol/decoder.js')
const decodeMessages = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js')

setDefaultTimeout(60_000)

test('kafkajs reads a batch of more messages than a call takes arguments', async () => {
  const found = await decodeMessages(new Decoder(batchOf(1_000_000)))
  expect([found.length, found.at(-1).offset]).toEqual([1_000_000, '999999'])
})

/** In the format of a fetch: its size, and messages without key, value and headers. */
function batchOf(messages: number): Buffer {
  const bytes = Buffer.alloc(4 + HEADER_BYTES + messages * 12)
  let end = 4 + HEADER_BYTES
  for (let n = 0; n < messages; n++) {
    const record = [0, 0, ...zigzag(n), NULL, NULL, 0]
    for (const byte of [...zigzag(record.length), ...record]) bytes[end++] = byte
  }
  bytes.writeInt32BE(end - 4, 0)
  bytes.writeInt32BE(end - 4 - 12, 12)
  bytes.writeInt8(2, 20)
  bytes.writeInt32BE(messages - 1, 27)
  bytes.writeInt32BE(messages, 61)
  return bytes.subarray(0, end)
}

const HEADER_BYTES = 61
/** The length -1. */
const NULL = 1

function zigzag(number: number): number[] {
  const bytes: number[] = []
  for (let left = number * 2; ; left >>>= 7) {
    if (left < 128) return [...bytes, left]
    bytes.push((left & 127) | 128)
  }
}
