/** A real full disk under the output database: its tables are on a tmpfs, which is filled. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import { startPostgres, type PrivatePostgres } from '../kit/private-postgres.ts'
import { mayMount, mountSmallDisk, unmount } from '../kit/small-disk.ts'
import { until } from '../kit/program.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { openOrders, type OrdersFixture } from './orders-fixture.ts'

setDefaultTimeout(120_000)

let server: PrivatePostgres
let fixture: OrdersFixture
let disk: string
beforeAll(async () => {
  if (!mayMount) return
  disk = mountSmallDisk(16)
  server = await startPostgres(temporaryFolder())
  const sql = openSql(server.url, 1)
  await sql.unsafe(`create tablespace small location '${disk}'`)
  await sql`alter database postgres set default_tablespace = small`
  await sql.end({ timeout: 5 })
  fixture = await openOrders({ OUTPUT_DATABASE_URL: server.url })
})
afterAll(async () => {
  if (!mayMount) return
  await fixture.close()
  await server.stop()
  unmount(disk)
})

test.skipIf(!mayMount)('orders wait while the disk of the output is full, and go on by themselves', async () => {
  const { sql } = fixture.db
  await fixture.fill(300, 0.2)
  expect(await fixture.output()).toEqual([])
  Bun.spawnSync(['sh', '-c', `cat /dev/zero > '${join(disk, 'filler')}'`], { stderr: 'ignore' })
  await fixture.send()
  const consumer = await fixture.start()
  const waiting = (await fixture.rows()).filter(({ security_check }) => security_check).length
  const held = async () => (await sql`select from order_messages where state = 'running'`).length === waiting
  await until('all TRUE orders at the output, and the FALSE ones dead', async () => {
    return (await held()) && (await fixture.dead()).length === 300 - waiting
  })
  expect(await fixture.output()).toEqual([])
  rmSync(join(disk, 'filler'))
  await until('the end', fixture.isIdle)
  await consumer.stop()
  expect(await fixture.misfits()).toEqual([])
})
