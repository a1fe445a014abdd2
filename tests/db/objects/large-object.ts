/** Puts and gets 200 MB and prints whether they are the same and by how much memory grew: `bun large-object.ts DATA_DIR`. */
import { openObjects } from '../../../db/objects/index.ts'

const objects = await openObjects({ data_dir: process.argv[2]! })
const pieces = 3200
const before = process.memoryUsage.rss()
const written = new Bun.CryptoHasher('sha256')
let made = 0
await objects.put(
  'large',
  new ReadableStream({
    pull(controller) {
      const piece = new Uint8Array(65_536).fill(made)
      written.update(piece)
      controller.enqueue(piece)
      if (++made === pieces) controller.close()
    },
  }),
)
const read = new Bun.CryptoHasher('sha256')
const got = await objects.get('large')
const reader = got!.body.getReader()
for (let next = await reader.read(); !next.done; next = await reader.read()) read.update(next.value)
await objects.delete('large')
const grown_mb = (process.resourceUsage().maxRSS * 1024 - before) / 2 ** 20
console.log(JSON.stringify({ same: written.digest('hex') === read.digest('hex'), grown_mb }))
