/** Opens what a restore or an upgrade works on, as it is: no migration runs, and no program's roles are opened. */
import { mkdir, realpath } from 'node:fs/promises'
import type { Log } from '../../lib/log.ts'
import type { DbConfig } from '../engines/config.ts'
import { joinEmbedded } from '../engines/embedded/index.ts'
import { openObjects } from '../engines/objects/open.ts'
import { waitForDatabase } from '../engines/postgres/wait-for-database.ts'
import { databasesAt, type OrderUrls } from './plan.ts'
import type { RestoreTarget } from './restore.ts'

export async function openTarget(
  {
    data_dir,
    database_url,
    database_wait_s,
    objects_url,
    embedded_port,
    wal,
    orders,
  }: DbConfig & { orders?: OrderUrls },
  log: Log,
): Promise<RestoreTarget> {
  await mkdir(data_dir, { recursive: true, mode: 0o700 })
  const folder = await realpath(data_dir)
  const embedded = database_url ? undefined : await joinEmbedded({ data_dir: folder, port: embedded_port, wal, log })
  const url = database_url ?? embedded!.url
  try {
    if (!embedded) await waitForDatabase(url, database_wait_s, log)
    const objects = await openObjects({ url: objects_url, data_dir: folder, log })
    const close = async () => {
      await objects.close()
      await embedded?.leave()
    }
    return {
      databases: databasesAt(url, orders),
      embedded: embedded !== undefined,
      objects,
      in_bucket: objects_url !== undefined,
      data_dir: folder,
      close,
    }
  } catch (err) {
    await embedded?.leave()
    throw err
  }
}
