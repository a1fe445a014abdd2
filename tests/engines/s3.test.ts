/** What is particular to objects on S3: refusals, a server that dies, is away, stalls or cuts an answer short. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import pino from 'pino'
import { createS3Objects } from '../../db/engines/objects/s3/objects.ts'
import { inspectS3 } from '../../db/engines/objects/s3/inspect.ts'
import type { Objects } from '../../db/engines/objects/objects.ts'
import { freshBucket } from '../kit/buckets.ts'
import { codeOf, keys } from '../contracts/objects.contract.ts'
import { onEngine } from '../kit/engines.ts'
import { refusalOf } from './refusal.ts'

setDefaultTimeout(60_000)

const lines: string[] = []
const log = pino({ level: 'info' }, { write: (line) => void lines.push(line) })

onEngine('s3', 'OBJECTS_URL', (url) => {
  const bucket = freshBucket(url)
  let objects: Objects
  beforeAll(async () => void (objects = await createS3Objects(bucket.url, log)))
  afterAll(async () => {
    await objects.close()
    await bucket.remove()
  })

  test('wrong keys end the start with a sentence that says which variables to check, and holds no key', async () => {
    const secretAccessKey = 'hunter2hunter2'
    for (const keys of [
      { accessKeyId: 'nobody', secretAccessKey },
      { accessKeyId: process.env.AWS_ACCESS_KEY_ID!, secretAccessKey },
    ]) {
      const refusal = await refusalOf(createS3Objects(bucket.url, log, keys))
      expect(refusal).toContain('AWS_SECRET_ACCESS_KEY')
      expect(refusal).toContain('S3 (http://127.0.0.1')
      expect(refusal).not.toContain(secretAccessKey)
    }
  })

  test('an endpoint of https:// on a server without TLS is refused with what to change', async () => {
    const refusal = await refusalOf(createS3Objects(bucket.url.replace('http:', 'https:'), log))
    expect(refusal).toContain('should begin with https:// if the server speaks TLS, else with http://')
  })

  test('a bucket that was deleted is named by every call, with the command that makes it', async () => {
    const gone = freshBucket(url)
    const lost = await createS3Objects(gone.url, log)
    await gone.remove()
    const calls = [() => lost.put('x', 'y'), () => lost.get('x'), () => lost.head('x'), () => keys(lost, '')]
    for (const call of [...calls, () => lost.delete('x')])
      expect(await refusalOf(call())).toContain(`aws s3api create-bucket --bucket ${gone.name}`)
    await lost.close()
  })

  test('an object that vanishes between a list and a get is null, as is its head', async () => {
    for (const name of ['1', '2', '3']) await objects.put(`vanish/${name}`, name)
    const found: Array<string | null> = []
    for await (const { key } of objects.list('vanish/')) {
      if (key === 'vanish/1') await Promise.all([objects.delete('vanish/2'), objects.delete('vanish/3')])
      const got = await objects.get(key)
      found.push(got && (await new Response(got.body).text()))
      if (!got) expect(await objects.head(key)).toBeNull()
    }
    expect(found).toEqual(['1', null, null])
  })

  test('a put that fails late takes its parts back', async () => {
    let pieces = 0
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (++pieces === 40) controller.error(new Error('cut off'))
        else controller.enqueue(new Uint8Array(1_000_000))
      },
    })
    await expect(objects.put('parts/late', broken)).rejects.toThrow('cut off')
    expect(pieces).toBe(40)
    expect(await bucket.unfinished()).toEqual([])
    expect(await objects.head('parts/late')).toBeNull()
  })

  test('200 MB pass through put and get in constant memory', async () => {
    const child = Bun.spawn(['bun', join(import.meta.dir, '../db/engines/objects/large-object.ts'), bucket.url], {
      stdout: 'pipe',
    })
    const { same, grown_mb } = (await new Response(child.stdout).json()) as { same: boolean; grown_mb: number }
    expect(same).toBe(true)
    console.log(`200 MB through S3 grew memory by ${grown_mb.toFixed(0)} MB`)
    expect(grown_mb).toBeLessThan(160)
  })

  test('the doctor sees server, latency and rights, and leaves nothing', async () => {
    const { version, latency_ms, problems } = await inspectS3(bucket.url)
    expect(version).not.toBe('unknown')
    expect(latency_ms).toBeGreaterThan(0)
    expect(problems).toEqual([])
    expect(await keys(objects, 'doca-scratch/')).toEqual([])
    const wrong = { accessKeyId: 'nobody', secretAccessKey: 'x' }
    expect(await refusalOf(inspectS3(bucket.url, wrong))).toContain('AWS_SECRET_ACCESS_KEY')
    expect(await codeOf(inspectS3('s3://doca?endpoint=http://127.0.0.1:1'))).toBe('objects_unavailable')
  })
})
