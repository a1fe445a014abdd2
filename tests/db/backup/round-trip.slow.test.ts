/** What is large, or more than one database, goes there and back as well. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { drill } from '../../../db/backup/drill.ts'
import { makeBackup } from '../../../db/backup/make-backup.ts'
import { restore } from '../../../db/backup/restore.ts'
import { contentOf, fill, hashesOf } from './content.ts'
import { emptyPlace, KEY, place, type Place } from './place.ts'

setDefaultTimeout(180_000)

test('rows and objects of many megabytes, larger than one part of an archive, come back', async () => {
  const [large, other] = await Promise.all([place({ backup_key: KEY }), emptyPlace()])
  try {
    await large.sql`
      insert into dead_letters (id, queue, message_id, body, attempt, reason)
      values (gen_random_uuid(), 'orders', 'large', ${crypto.getRandomValues(new Uint8Array(65_536))}, 1, ${'ç'.repeat(2_500_000)})`
    await large.sql`update dead_letters set body = convert_to(repeat(encode(body, 'hex'), 50), 'UTF8')`
    const block = crypto.getRandomValues(new Uint8Array(65_536))
    await large.objects.put('large.bin', new Blob(Array.from({ length: 80 }, () => block)).stream())
    const made = await makeBackup(large)
    await restore(made.path, other.open, { key: KEY })
    expect(await contentOf(other)).toEqual(await contentOf(large))
    expect(await hashesOf(other.objects)).toEqual(await hashesOf(large.objects))
  } finally {
    await Promise.all([large.close(), other.close()])
  }
})

test('a second database, as an order system has, goes the same way', async () => {
  const [office, system, other, other_system] = await Promise.all([place(), place(), emptyPlace(), emptyPlace()])
  try {
    await fill(office)
    await system.sql`insert into dead_letters (id, queue, message_id, body, attempt, reason)
      select gen_random_uuid(), 'orders', i::text, '', 1, 'x' from generate_series(1, 100) i`
    const second = (of: Place) => ({ ...of.databases[0], name: 'system_a' })
    const plan = { ...office, databases: [...office.databases, second(system)] as Place['databases'] }
    const made = await makeBackup(plan)
    expect(await drill(plan)).toMatchObject({ databases: 2, rows: made.rows })
    // Where the configuration names only one of them, nothing is begun.
    await expect(restore(made.path, other.open, { key: undefined })).rejects.toMatchObject({ code: 'restore_no_place' })
    const open = async () => ({ ...(await other.open()), databases: [...other.databases, second(other_system)] })
    await restore(made.path, open, { key: undefined })
    expect(await contentOf(other)).toEqual(await contentOf(office))
    expect(await contentOf(other_system)).toEqual(await contentOf(system))
    expect(await other.sql`select from backups where finished_at is null`).toHaveLength(0)
  } finally {
    await Promise.all([office.close(), system.close(), other.close(), other_system.close()])
  }
})
