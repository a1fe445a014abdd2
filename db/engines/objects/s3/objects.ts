/** Objects in one bucket of an S3 server: AWS's or any other with the same protocol. */
import type { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type GetObjectCommandOutput,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3'
import type { Log } from '../../../../lib/log.ts'
import type { ListOptions, ObjectInfo, Objects } from '../objects.ts'
import { isKey, splitKey, splitPrefix } from '../key.ts'
import { bodyOf } from './body.ts'
import { openBucket, type Bucket, type Keys } from './client.ts'
import { isNotFound } from './errors.ts'
import { putObject } from './put.ts'
import { readS3Url } from './url.ts'

/** Opens the bucket that OBJECTS_URL names, making it when it is not there. */
export async function createS3Objects(url: string, log: Log, keys?: Keys): Promise<Objects> {
  const bucket = await openBucket(readS3Url(url).address, log, keys)
  return {
    list: (prefix, options) => list(bucket, prefix, options),
    head: (key) => head(bucket, key),
    get: (key) => get(bucket, key),
    put: (key, body) => put(bucket, key, body),
    delete: (key) => remove(bucket, key),
    close: bucket.close,
  }
}

async function* list(
  { name: Bucket, call }: Bucket,
  Prefix: string,
  { unusable = false }: ListOptions = {},
): AsyncGenerator<ObjectInfo> {
  splitPrefix(Prefix)
  let ContinuationToken: string | undefined
  do {
    // Encoded, since XML cannot hold every character of a key.
    const command = new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken, EncodingType: 'url' })
    // A server that keeps files reads all of them: it gets the whole time for one attempt.
    const page: ListObjectsV2CommandOutput = await call((client, options) => client.send(command, options), {
      attempt_ms: 15_000,
    })
    for (const { Key = '', Size, ETag, LastModified } of page.Contents ?? []) {
      const key = page.EncodingType === 'url' ? decodeURIComponent(Key.replaceAll('+', ' ')) : Key
      // Others may put what no key of ours can say, as a console does that makes "folders", which are nothing to anybody.
      if (isKey(key) || (unusable && !key.endsWith('/'))) yield infoOf(key, { ETag, LastModified, ContentLength: Size })
    }
    ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined
  } while (ContinuationToken !== undefined)
}

async function head({ name: Bucket, call }: Bucket, key: string): Promise<ObjectInfo | null> {
  splitKey(key)
  return call(async (client, options) => {
    try {
      return infoOf(key, await client.send(new HeadObjectCommand({ Bucket, Key: key }), options))
    } catch (err) {
      if (!isNotFound(err)) throw err
      // The answer to a HEAD does not say what is missing, the object or the bucket; this does.
      await client.send(new ListObjectsV2Command({ Bucket, Prefix: key, MaxKeys: 1 }), options)
      return null
    }
  })
}

async function get({ name: Bucket, call, engine }: Bucket, key: string) {
  splitKey(key)
  return call(async (client, options) => {
    try {
      const answer = await client.send(new GetObjectCommand({ Bucket, Key: key }), options)
      const info = infoOf(key, answer)
      return { info, body: bodyOf(answer.Body as Readable, info.size_bytes, key, engine) }
    } catch (err) {
      if (isNotFound(err)) return null
      throw err
    }
  })
}

async function put(bucket: Bucket, key: string, body: Parameters<Objects['put']>[1]): Promise<ObjectInfo> {
  splitKey(key)
  const { etag, size_bytes } = await putObject(bucket, key, body)
  // The answer to a put does not say when it was: lists and reads go by the server's clock.
  const found = await head(bucket, key)
  const own = infoOf(key, { ETag: etag, LastModified: found?.modified_at ?? new Date(), ContentLength: size_bytes })
  // Another put of the key may have been later: its info is not ours.
  return found?.version === own.version ? found : own
}

async function remove({ name: Bucket, call }: Bucket, key: string): Promise<void> {
  splitKey(key)
  await call(async (client, options) => {
    await client.send(new DeleteObjectCommand({ Bucket, Key: key }), options)
  })
}

type Found = Partial<Pick<GetObjectCommandOutput, 'ETag' | 'LastModified' | 'ContentLength'>>

/** The same from a list, a head and a get: only the list knows fractions of a second. */
function infoOf(key: string, found: Found): ObjectInfo {
  const { ETag = '', LastModified = new Date(0), ContentLength = 0 } = found
  const second = Math.floor(LastModified.getTime() / 1000)
  return {
    key,
    size_bytes: ContentLength,
    version: `${ETag.replaceAll('"', '')}-${ContentLength.toString(36)}-${second.toString(36)}`,
    modified_at: new Date(second * 1000),
    settled: true,
  }
}
