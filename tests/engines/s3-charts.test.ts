/** The spreadsheet poller on a bucket: nothing in it needs files on this machine. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import pino from 'pino'
import type { Objects } from '../../db/engines/objects/objects.ts'
import { createS3Objects } from '../../db/engines/objects/s3/objects.ts'
import { freshBucket } from '../kit/buckets.ts'
import { bytesOf, keys } from '../contracts/objects.contract.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { startProgram, until } from '../kit/program.ts'
import { onEngine } from '../kit/engines.ts'

setDefaultTimeout(120_000)

onEngine('charts on s3', 'OBJECTS_URL', (url) => {
  const bucket = freshBucket(url)
  let database: TestDatabase
  let objects: Objects
  beforeAll(async () => {
    database = await testDatabase()
    objects = await createS3Objects(bucket.url, pino({ level: 'silent' }))
  })
  afterAll(async () => {
    await objects.close()
    await bucket.remove()
    await database.close()
  })

  test('a workbook put into the bucket is drawn, and drawn again when it is overwritten', async () => {
    const charts = startProgram('charts/main.ts', [], {
      DATABASE_URL: database.url,
      OBJECTS_URL: bucket.url,
      AWS_ACCESS_KEY_ID: process.env.AWS_ACCESS_KEY_ID!,
      AWS_SECRET_ACCESS_KEY: process.env.AWS_SECRET_ACCESS_KEY!,
      CHARTS_POLL_S: '1',
    })
    const put = async (name: string) =>
      objects.put('uploads/pasta/vendas.xlsx', Bun.file(join(import.meta.dir, '../fixtures/workbooks', name)).stream())
    const summary = async () => {
      const got = await objects.get('graficos/pasta/vendas.json')
      return got && new Response(got.body).text()
    }
    await put('sales-2018.xlsx')
    const first = await until('the first drawing', summary, 60_000, charts.output)
    await until('its picture', () => objects.head('graficos/pasta/vendas.png'), 60_000, charts.output)
    const picture = await objects.get('graficos/pasta/vendas.png')
    expect((await bytesOf(picture!.body)).subarray(0, 4)).toEqual(new Uint8Array([0x89, 0x50, 0x4e, 0x47]))
    await put('lebron.xlsx')
    await until('the second drawing', async () => (await summary()) !== first, 60_000, charts.output)
    await until('its end', () => charts.output().split('chart drawn').length === 3, 60_000, charts.output)
    charts.kill('SIGTERM')
    expect(await charts.exited).toBe(0)
    expect((await keys(objects, 'graficos/')).map((key) => key.split('.').at(-1))).toEqual(['json', 'png', 'svg'])
  })
})
