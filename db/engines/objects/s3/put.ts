/**
 * Puts an object on S3 whole or not at all. What fits into one part is one request; more goes up part by part, a few at
 * once, and nothing is seen of it before the last request that puts it together. A failed put takes its parts back.
 */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { Objects } from '../objects.ts'
import type { Bucket } from './client.ts'
import { partsOf, type Parts } from './parts.ts'

/** S3 takes at most 10,000 parts, so an object may have 78 GiB. */
const PART_BYTES = 8 * 2 ** 20
/** With the part that is being gathered, 32 MiB a put. */
const PARTS_AT_ONCE = 3

/** A server at the end of a slow line still takes this much in a second. */
const SLOWEST_BYTES_S = 256 * 1024
const PATIENCE_MS = 15_000
/** AWS may take minutes to put many parts together. */
const COMPLETE_MS = 5 * 60_000

/** Resolves with the new object's ETag and size. */
export async function putObject(bucket: Bucket, key: string, body: Parameters<Objects['put']>[1]) {
  const parts = partsOf(body, PART_BYTES)
  try {
    const first = await parts.next()
    const second = await parts.next()
    if (second === null) return await putWhole(bucket, key, first ?? new Uint8Array())
    return await putInParts(bucket, key, [first!, second], parts)
  } finally {
    await parts.end()
  }
}

async function putWhole({ name: Bucket, call }: Bucket, Key: string, Body: Uint8Array) {
  const command = new PutObjectCommand({ Bucket, Key, Body, ContentLength: Body.byteLength })
  const { ETag } = await call((client, options) => client.send(command, options), limitsFor(Body.byteLength))
  return { etag: ETag, size_bytes: Body.byteLength }
}

async function putInParts(bucket: Bucket, Key: string, begun: Uint8Array[], parts: Parts) {
  const { name: Bucket, call } = bucket
  const create = new CreateMultipartUploadCommand({ Bucket, Key })
  const { UploadId } = await call((client, options) => client.send(create, options))
  const upload = { Bucket, Key, UploadId }
  const sending = new Set<Promise<void>>()
  const done: Array<{ PartNumber: number; ETag: string | undefined }> = []
  let size_bytes = 0
  let number = 0

  async function send(Body: Uint8Array, PartNumber: number): Promise<void> {
    const command = new UploadPartCommand({ ...upload, PartNumber, Body, ContentLength: Body.byteLength })
    const { ETag } = await call((client, options) => client.send(command, options), limitsFor(Body.byteLength))
    done.push({ PartNumber, ETag })
    parts.sent(Body)
  }

  try {
    for (let part = begun.shift() ?? null; part; part = begun.shift() ?? (await parts.next())) {
      size_bytes += part.byteLength
      const sent = send(part, ++number)
      sending.add(sent)
      void sent.then(
        () => sending.delete(sent),
        () => {},
      )
      if (sending.size >= PARTS_AT_ONCE) await Promise.race(sending)
    }
    await Promise.all(sending)
    const Parts = done.toSorted((a, b) => a.PartNumber - b.PartNumber)
    const complete = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } })
    const limits = { deadline_ms: COMPLETE_MS, attempt_ms: COMPLETE_MS }
    const { ETag } = await call((client, options) => client.send(complete, options), limits)
    return { etag: ETag, size_bytes }
  } catch (err) {
    // A part that arrives after the abort would stay there for ever.
    await Promise.allSettled(sending)
    const abort = new AbortMultipartUploadCommand(upload)
    await call((client, options) => client.send(abort, options)).catch((failed: unknown) =>
      bucket.log.warn({ err: failed }, `parts of the unfinished ${Key} stay on ${bucket.engine}`),
    )
    throw err
  }
}

function limitsFor(bytes: number) {
  const attempt_ms = PATIENCE_MS / 2 + (bytes / SLOWEST_BYTES_S) * 1000
  return { attempt_ms, deadline_ms: PATIENCE_MS + (bytes / SLOWEST_BYTES_S) * 1000 }
}
