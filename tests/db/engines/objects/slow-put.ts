/** Puts an object that never ends: `bun slow-put.ts DATA_DIR KEY`. */
import { join } from 'node:path'
import { createDiskObjects } from '../../../../db/engines/objects/disk/objects.ts'

const [data_dir, key] = process.argv.slice(2)
const objects = await createDiskObjects(join(data_dir!, 'objects'))
await objects.put(
  key!,
  new ReadableStream({
    async pull(controller) {
      controller.enqueue(new Uint8Array(1000))
      await Bun.sleep(10)
    },
  }),
)
