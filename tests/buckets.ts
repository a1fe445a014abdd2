/** A fresh bucket of an S3 server for a test file, with a client of its own to look and meddle with. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import { readS3Url } from '../db/objects/s3-url.ts'

let made = 0

/** `url` is OBJECTS_URL; the fresh bucket is not made yet. */
export function freshBucket(url: string) {
  const { address } = readS3Url(url)
  const name = `test-${process.pid}-${++made}-${Math.random().toString(36).slice(2, 8)}`
  const client = new S3Client({
    region: address.region,
    ...(address.endpoint && { endpoint: address.endpoint, forcePathStyle: true }),
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  const Bucket = name
  return {
    name,
    client,
    url: url.replace(/^(s3:\/\/)[^?/]*/, `$1${name}`),
    create: () => client.send(new CreateBucketCommand({ Bucket })),
    /** Keys of uploads that are neither put together nor taken back. */
    async unfinished(): Promise<string[]> {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }))
      return Uploads.map(({ Key }) => Key!)
    },
    async remove(): Promise<void> {
      for (;;) {
        const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }))
        if (Contents.length === 0) break
        const Objects = Contents.map(({ Key }) => ({ Key }))
        await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
      }
      await client.send(new DeleteBucketCommand({ Bucket }))
      client.destroy()
    },
  }
}
