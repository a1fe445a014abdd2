/** An S3 server that is killed, stands still, is not there yet, or gives its keys few rights. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import pino from 'pino'
import { createS3Objects } from '../../db/engines/objects/s3/objects.ts'
import type { Keys } from '../../db/engines/objects/s3/client.ts'
import type { Objects } from '../../db/engines/objects/objects.ts'
import { run } from '../../ops/engines/install.ts'
import { s3 } from '../../ops/engines/s3.ts'
import { engineProcesses } from '../../ops/engines/processes.ts'
import { bytesOf, codeOf, textOf } from '../contracts/objects.contract.ts'
import { onEngine } from '../kit/engines.ts'
import { privateEngine, type PrivateEngine } from './private-engine.ts'
import { refusalOf } from './refusal.ts'

setDefaultTimeout(120_000)

onEngine('s3, when it is lost', 'OBJECTS_URL', () => {
  let server: PrivateEngine
  let url: string
  let endpoint: string
  let keys: Keys
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (line) => void lines.push(line) })
  const open = () => createS3Objects(url, log, keys)

  beforeAll(async () => {
    server = await privateEngine(s3)
    const variables = await server.up()
    url = variables.OBJECTS_URL!
    endpoint = new URL(url).searchParams.get('endpoint')!
    keys = { accessKeyId: variables.AWS_ACCESS_KEY_ID!, secretAccessKey: variables.AWS_SECRET_ACCESS_KEY! }
  })
  afterAll(() => server.remove())

  test('kill -9 during puts: what was put is there whole, what was not says so, and it goes on by itself', async () => {
    const objects = await open()
    const bodies = new Map<string, Uint8Array>()
    const put = new Set<string>()
    const failures: Array<{ code: string; begun_at: number; took_ms: number }> = []
    let in_flight = 0
    async function write(writer: number) {
      for (let n = 0; ; n++) {
        const key = `killed/${writer}/${n}`
        // Every fourth is large enough to go up in parts.
        const body = new Uint8Array(n % 4 === 3 ? 9_000_000 : 60_000 + writer).fill(n)
        bodies.set(key, body)
        in_flight++
        const begun_at = performance.now()
        const code = await codeOf(objects.put(key, body))
        in_flight--
        if (code !== 'nothing was thrown')
          return failures.push({ code, begun_at, took_ms: performance.now() - begun_at })
        put.add(key)
      }
    }
    lines.length = 0
    const writers = Array.from({ length: 8 }, (_, writer) => write(writer))
    let killed_at = 0
    await server.kill(() => put.size >= 100 && in_flight === 8 && (killed_at = performance.now()) > 0)
    await Promise.all(writers)
    const hit = failures.filter(({ begun_at }) => begun_at <= killed_at).length
    console.log(`killed the S3 server with ${hit} puts in flight, ${put.size} done`)
    expect(hit).toBeGreaterThan(0)
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['objects_unavailable']))
    expect(Math.max(...failures.map(({ took_ms }) => took_ms))).toBeLessThan(35_000)
    expect(await codeOf(objects.head('x'))).toBe('objects_unavailable')
    await server.up()
    for (const [key, body] of bodies) {
      const got = await objects.get(key)
      if (!got) expect(put).not.toContain(key)
      else expect(Buffer.compare(await bytesOf(got.body), body)).toBe(0)
    }
    const said = (word: string) => lines.filter((line) => line.includes(word)).length
    expect(said('does not do what it is asked')).toBe(1)
    expect(said('answers again')).toBe(1)
    await objects.close()
  })

  test('a server killed while a body is read ends it with an error, never short', async () => {
    const objects = await open()
    await objects.put('cut/large', new Uint8Array(60_000_000))
    const reader = (await objects.get('cut/large'))!.body.getReader()
    let size = (await reader.read()).value!.byteLength
    await server.kill()
    const rest = (async () => {
      for (let next = await reader.read(); !next.done; next = await reader.read()) size += next.value.byteLength
    })()
    expect(await codeOf(rest)).toBe('objects_unavailable')
    expect(size).toBeLessThan(60_000_000)
    await objects.close()
    await server.up()
  })

  test('a program starts without its server, and uses it once it is there', async () => {
    await server.kill()
    lines.length = 0
    const objects = await createS3Objects(url.replace('s3://doca', 's3://started-before'), log, keys)
    expect(lines.filter((line) => line.includes('goes on without it'))).toHaveLength(1)
    expect(await codeOf(objects.put('early', 'x'))).toBe('objects_unavailable')
    await server.up()
    await objects.put('late', 'x')
    expect(await textOf(objects, 'late')).toBe('x')
    await objects.close()
  })

  test('a server that stands still fails every call in time, also in the middle of a body', async () => {
    const objects = await open()
    await objects.put('still/large', new Uint8Array(60_000_000))
    const reader = (await objects.get('still/large'))!.body.getReader()
    await reader.read()
    const pids = engineProcesses(server.folder)
    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    const begun_at = performance.now()
    const readAll = async () => {
      while (!(await reader.read()).done);
    }
    const calls = [objects.head('x'), objects.get('x'), objects.put('x', 'x'), objects.put('y', new Uint8Array(1e6))]
    const codes = await Promise.all([...calls, objects.delete('x'), listOne(objects), readAll()].map(codeOf))
    const took_s = (performance.now() - begun_at) / 1000
    for (const pid of pids) process.kill(pid, 'SIGCONT')
    expect(codes).toEqual(codes.map(() => 'objects_unavailable'))
    expect(took_s).toBeLessThan(30)
    await objects.put('still/after', 'x')
    expect(await textOf(objects, 'still/after')).toBe('x')
    await objects.close()
  })

  test('keys that may not make the bucket, and keys that may not read it, are told what to do', async () => {
    const few: Keys = { accessKeyId: 'few-rights', secretAccessKey: 'few-rights-secret' }
    const [program] = await Array.fromAsync(new Bun.Glob('versitygw-v*[0-9]').scan(join(server.folder, '../programs')))
    const root = ['--endpoint-url', endpoint, '--access', keys.accessKeyId, '--secret', keys.secretAccessKey]
    const user = ['--access', few.accessKeyId, '--secret', few.secretAccessKey, '--role', 'user']
    await run([join(server.folder, '../programs', program!), 'admin', ...root, 'create-user', ...user])
    const missing = await refusalOf(createS3Objects(url.replace('s3://doca', 's3://not-there'), log, few))
    expect(missing).toContain('there is no bucket not-there, and these keys may not make it')
    expect(missing).toContain(
      `aws s3api create-bucket --bucket not-there --region us-east-1 --endpoint-url ${endpoint}`,
    )
    expect(await refusalOf(createS3Objects(url, log, few))).toContain('give these keys the rights to list the bucket')
  })

  test('a host that is not there is a warning, and an error within its time', async () => {
    const nowhere = await createS3Objects('s3://doca?endpoint=http://nowhere.invalid:9000', log, keys)
    expect(await codeOf(nowhere.head('x'))).toBe('objects_unavailable')
    await nowhere.close()
  })
})

async function listOne(objects: Objects): Promise<void> {
  for await (const _ of objects.list('')) return
}
