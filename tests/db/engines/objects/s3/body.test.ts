/** A body from S3 is whole or an error, whatever the connection says. */
import { expect, test } from 'bun:test'
import { Readable } from 'node:stream'
import { bodyOf } from '../../../../../db/engines/objects/s3/body.ts'
import { bytesOf, codeOf } from '../../../../contracts/objects.contract.ts'

const source = () => Readable.from([new Uint8Array([1, 2]), new Uint8Array([3])])

test('exactly as many bytes as were promised pass', async () => {
  expect(await bytesOf(bodyOf(source(), 3, 'x', 'S3'))).toEqual(new Uint8Array([1, 2, 3]))
})

test('fewer or more than were promised are an error', async () => {
  for (const size of [4, 2])
    expect(await codeOf(bytesOf(bodyOf(source(), size, 'x', 'S3')))).toBe('objects_unavailable')
})

test('nothing is fetched before it is asked for, and a cancel ends the source', async () => {
  let asked = 0
  const endless = new Readable({ read: () => void asked++ })
  const body = bodyOf(endless, 10, 'x', 'S3')
  await Bun.sleep(0)
  expect(asked).toBe(0)
  await body.cancel()
  expect(endless.destroyed).toBe(true)
})
