/** Puts an object that never ends: `bun slow-put.ts DATA_DIR KEY`. */
import { openObjects } from '../../../db/objects/index.ts'

const [data_dir, key] = process.argv.slice(2)
const objects = await openObjects({ data_dir: data_dir! })
await objects.put(
  key!,
  new ReadableStream({
    async pull(controller) {
      controller.enqueue(new Uint8Array(1000))
      await Bun.sleep(10)
    },
  }),
)
