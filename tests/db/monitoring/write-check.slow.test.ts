/**
 * A real full disk: the table of the check is on a tmpfs of 48 MB, which is filled. The log of writes (WAL) is elsewhere, so that the
 * server lives on, as it does while the pages and log files that are there already can be used again.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { migrateDatabase } from '../../../db/engines/postgres/migrate.ts'
import { openSql } from '../../../db/engines/postgres/open-sql.ts'
import { tryWrite } from '../../../db/monitoring/write-check.ts'
import { startPostgres, type PrivatePostgres } from '../../kit/private-postgres.ts'
import { mayMount, mountSmallDisk, unmount } from '../../kit/small-disk.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

let server: PrivatePostgres
let sql: Sql
let disk: string
beforeAll(async () => {
  if (!mayMount) return
  disk = mountSmallDisk(48)
  server = await startPostgres(temporaryFolder())
  await migrateDatabase(server.url)
  sql = openSql(server.url, 1)
  await sql.unsafe(`create tablespace small location '${disk}'`)
  await sql`alter table write_checks set tablespace small`
})
afterAll(async () => {
  if (!mayMount) return
  await sql.end({ timeout: 5 })
  await server.stop()
  unmount(disk)
})

test.skipIf(!mayMount)(
  'on a full disk old rows can be changed and the check refuses; with room again it does not',
  async () => {
    await tryWrite(sql)
    await sql`insert into write_checks (filler) values ('old')`
    Bun.spawnSync(['sh', '-c', `cat /dev/zero > '${join(disk, 'filler')}'`], { stderr: 'ignore' })
    // What misled: this goes well.
    await sql`update write_checks set filler = 'changed' where filler = 'old'`
    await expect(tryWrite(sql)).rejects.toThrow('No space left on device')
    rmSync(join(disk, 'filler'))
    await tryWrite(sql)
  },
)
