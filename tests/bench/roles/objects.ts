/** Objects: small ones by several callers, large ones alone. */
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import type { Objects } from '../../../db/engines/objects/objects.ts'
import { createS3Objects } from '../../../db/engines/objects/s3/objects.ts'
import { readS3Url } from '../../../db/engines/objects/s3/url.ts'
import type { Figure } from '../main.ts'
import { andThen, type Ground } from './engines.ts'
import { inRounds, inTurns, perSecond, rate } from './timing.ts'

const SMALL = { count: 200, at_once: 8, bytes: crypto.getRandomValues(new Uint8Array(50_000)) }
const LARGE = { count: 4, at_once: 1, bytes: new Uint8Array(32 * 1024 * 1024).fill(7) }

interface Side {
  put(key: string, body: Uint8Array): Promise<unknown>
  /** Reads to the end. */
  get(key: string): Promise<unknown>
}

export async function objectsFigures({ db, data_dir, log, fresh, onEngine }: Ground): Promise<Figure[]> {
  const folder = join(data_dir, 'bare')
  await mkdir(folder)
  const disk = await figures('disk', side(db.objects), bareDisk(folder), 'write, fsync, rename, fsync of the folder')
  const s3 = await onEngine('objects on S3', 'OBJECTS_URL', async (url) => {
    const { endpoint, region } = readS3Url(url).address
    const objects = await createS3Objects(url.replace(/\/\/[^?]*/, `//${fresh}`), log)
    const client = new S3Client({ region, ...(endpoint && { endpoint, forcePathStyle: true }) })
    const Bucket = `${fresh}bare`
    await client.send(new CreateBucketCommand({ Bucket }))
    return andThen(
      () => figures('s3', side(objects), bareS3(client, Bucket), '@aws-sdk/client-s3 and its lib-storage as they come'),
      async () => {
        await objects.close()
        for (const bucket of [fresh, Bucket]) await removeBucket(client, bucket)
        client.destroy()
      },
    )
  })
  return [...disk, ...s3]
}

async function figures(driver: string, ours: Side, bare: Side, how: string): Promise<Figure[]> {
  const found: Figure[] = []
  for (const [size, { count, at_once, bytes }] of Object.entries({ small: SMALL, large: LARGE })) {
    const work = `${count} of ${bytes.byteLength} bytes, ${at_once} at once; bare: ${how}`
    const puts = (one: Side) => () => rate(count, () => inTurns(count, at_once, (n) => one.put(`${size}/${n}`, bytes)))
    const gets = (one: Side) => () => rate(count, () => inTurns(count, at_once, (n) => one.get(`${size}/${n}`)))
    found.push(perSecond(`objects put ${size}, ${driver}`, await inRounds(puts(ours), puts(bare), 3), '', work))
    found.push(perSecond(`objects get ${size}, ${driver}`, await inRounds(gets(ours), gets(bare), 3), '', work))
  }
  return found
}

const side = (objects: Objects): Side => ({
  put: (key, body) => objects.put(key, body),
  get: async (key) => new Response((await objects.get(key))!.body).bytes(),
})

const bareDisk = (folder: string): Side => ({
  async put(key, body) {
    const path = join(folder, key.replace('/', '-'))
    const file = await open(`${path}.new`, 'w')
    await file.writeFile(body)
    await file.sync()
    await file.close()
    await rename(`${path}.new`, path)
    const parent = await open(folder)
    await parent.sync()
    await parent.close()
  },
  get: (key) => readFile(join(folder, key.replace('/', '-'))),
})

const bareS3 = (client: S3Client, Bucket: string): Side => ({
  put(Key, Body) {
    if (Body.byteLength < LARGE.bytes.byteLength) return client.send(new PutObjectCommand({ Bucket, Key, Body }))
    return new Upload({ client, params: { Bucket, Key, Body }, partSize: 8 * 2 ** 20, queueSize: 3 }).done()
  },
  async get(Key) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
    return Body!.transformToByteArray()
  },
})

async function removeBucket(client: S3Client, Bucket: string): Promise<void> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }))
  for (const { Key } of Contents) await client.send(new DeleteObjectCommand({ Bucket, Key }))
  await client.send(new DeleteBucketCommand({ Bucket }))
}
