/** Opens the objects role: the driver that its URL names. */
import { join } from 'node:path'
import type { Sql } from 'postgres'
import type { Log } from '../../../lib/log.ts'
import { waitForCopies } from './deletion-lock.ts'
import { createDiskObjects } from './disk/objects.ts'
import type { Objects } from './objects.ts'

export interface ObjectsOptions {
  /** OBJECTS_URL; unset: files under `data_dir`/objects. */
  url: string | undefined
  data_dir: string
  /** The main database, where deletions learn that a backup copies objects; unset: they never wait. */
  sql?: Sql
  log: Log
}

export async function openObjects({ url, data_dir, sql, log }: ObjectsOptions): Promise<Objects> {
  const objects =
    url === undefined
      ? await createDiskObjects(join(data_dir, 'objects'))
      : await (await import('./s3/objects.ts')).createS3Objects(url, log)
  return sql ? waitForCopies(objects, sql) : objects
}
