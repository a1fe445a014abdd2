/** A fresh bucket of an S3 server for a test file, with a client of its own to look and meddle with. */
import { CreateBucketCommand, DeleteBucketCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3'
import { createS3Objects } from '../../db/engines/objects/s3/objects.ts'
import { createLog } from '../../lib/log.ts'
import { readS3Url } from '../../db/engines/objects/s3/url.ts'

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
  const freshUrl = url.replace(/^(s3:\/\/)[^?/]*/, `$1${name}`)
  return {
    name,
    client,
    url: freshUrl,
    create: () => client.send(new CreateBucketCommand({ Bucket })),
    /** Keys of uploads that are neither put together nor taken back. */
    async unfinished(): Promise<string[]> {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }))
      return Uploads.map(({ Key }) => Key!)
    },
    async remove(): Promise<void> {
      // Through the driver: requests that name several keys cannot name them all, nor can plain lists.
      const objects = await createS3Objects(freshUrl, createLog('test', 'silent'))
      let deleting: Promise<void>[] = []
      for await (const { key } of objects.list('')) {
        deleting.push(objects.delete(key))
        if (deleting.length < 50) continue
        await Promise.all(deleting)
        deleting = []
      }
      await Promise.all(deleting)
      await objects.close()
      await client.send(new DeleteBucketCommand({ Bucket }))
      client.destroy()
    },
  }
}
