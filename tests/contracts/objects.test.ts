import { afterAll, setDefaultTimeout } from 'bun:test'
import { join } from 'node:path'
import { createDiskObjects } from '../../db/engines/objects/disk/objects.ts'
import { createS3Objects } from '../../db/engines/objects/s3/objects.ts'
import { createLog } from '../../lib/log.ts'
import { freshBucket } from '../kit/buckets.ts'
import { onEngine } from '../kit/engines.ts'
import { objectsContract } from './objects.contract.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

const data_dir = temporaryFolder('doca objetos ção ')

objectsContract('disk', () => createDiskObjects(join(data_dir, 'objects')))

onEngine('s3', 'OBJECTS_URL', (url) => {
  const bucket = freshBucket(url)
  afterAll(bucket.remove)
  objectsContract('s3', () => createS3Objects(bucket.url, createLog('test', 'silent')))
})
