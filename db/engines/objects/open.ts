/** Opens the objects role: the driver that its URL names. */
import { join } from 'node:path'
import type { Log } from '../../../lib/log.ts'
import { createDiskObjects } from './disk/objects.ts'
import type { Objects } from './objects.ts'

export interface ObjectsOptions {
  /** OBJECTS_URL; unset: files under `data_dir`/objects. */
  url: string | undefined
  data_dir: string
  log: Log
}

export async function openObjects({ url, data_dir, log }: ObjectsOptions): Promise<Objects> {
  if (url === undefined) return createDiskObjects(join(data_dir, 'objects'))
  return (await import('./s3/objects.ts')).createS3Objects(url, log)
}
