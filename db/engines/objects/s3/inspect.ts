/** Inspects the S3 bucket behind the objects, for `bun run doctor`. */
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3'
import pino from 'pino'
import { AppError } from '../../../../lib/errors.ts'
import type { Inspection } from '../../inspection.ts'
import { createS3Objects } from './objects.ts'
import { openBucket, type Bucket, type Keys } from './client.ts'
import { readS3Url, type S3Address } from './url.ts'

const DAY_MS = 24 * 3600_000
const ASK_MS = 3_000

/** Throws AppError when we cannot get in, or may not write, read, list and delete. */
export async function inspectS3(url: string, keys?: Keys): Promise<Inspection> {
  const { address } = readS3Url(url)
  const silent = pino({ level: 'silent' })
  const [bucket, objects] = await Promise.all([openBucket(address, silent, keys), createS3Objects(url, silent, keys)])
  try {
    const key = `doca-scratch/${crypto.randomUUID()}`
    await objects.put(key, key)
    const got = await objects.get(key)
    const text = got && (await new Response(got.body).text())
    const asked = performance.now()
    await objects.head(key)
    const latency_ms = Math.round((performance.now() - asked) * 100) / 100
    await objects.delete(key)
    const problems = await leftUploads(bucket)
    if (text !== key)
      problems.push({ found: 'what was put did not come back', fix: 'look at what stands between us and the server.' })
    return { version: await serverOf(address), latency_ms, problems }
  } finally {
    await Promise.all([bucket.close(), objects.close()])
  }
}

/** A program that is killed in the middle of a large put leaves parts behind, which are hidden but take room. */
async function leftUploads({ name, call }: Bucket): Promise<Inspection['problems']> {
  const command = new ListMultipartUploadsCommand({ Bucket: name })
  try {
    const { Uploads = [] } = await call((client, options) => client.send(command, options))
    const old = Uploads.filter(({ Initiated }) => Initiated && Date.now() - Initiated.getTime() > DAY_MS)
    if (old.length === 0) return []
    const found = `parts of ${old.length} large puts that never came to their end take room`
    return [{ found, fix: 'set a lifecycle rule AbortIncompleteMultipartUpload of a day on the bucket.' }]
  } catch (err) {
    if (!(err instanceof AppError) || err.code !== 'engine_refused') throw err
    const fix = 'give these keys s3:ListBucketMultipartUploads, or set a lifecycle rule AbortIncompleteMultipartUpload.'
    return [{ found: 'parts of unfinished large puts cannot be looked for', fix }]
  }
}

/** S3 has no version; most servers give their name. */
async function serverOf({ endpoint, region }: S3Address): Promise<string> {
  const answer = await fetch(endpoint ?? `https://s3.${region}.amazonaws.com`, {
    signal: AbortSignal.timeout(ASK_MS),
  }).catch(() => null)
  await answer?.body?.cancel()
  return answer?.headers.get('server') ?? 'unknown'
}
