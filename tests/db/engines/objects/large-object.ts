/** Puts and gets 200 MB, prints whether they are the same and by how much memory grew: `bun large-object.ts DATA_DIR|URL`. */
import { openObjects } from '../../../../db/engines/objects/open.ts'
import { createLog } from '../../../../lib/log.ts'

const [where = ''] = process.argv.slice(2)
const url = where.startsWith('s3://') ? where : undefined
const objects = await openObjects({ url, data_dir: where, log: createLog('test', 'silent') })
const pieces = 3200
const before = process.memoryUsage.rss()
const written = new Bun.CryptoHasher('sha256')
let made = 0
// Sampled: the kernel's own maximum counts what our parent used before it started us.
let most = before
const sample = () => (most = Math.max(most, process.memoryUsage.rss()))
await objects.put(
  'large',
  new ReadableStream({
    pull(controller) {
      const piece = new Uint8Array(65_536).fill(made)
      written.update(piece)
      controller.enqueue(piece)
      sample()
      if (++made === pieces) controller.close()
    },
  }),
)
const read = new Bun.CryptoHasher('sha256')
const got = await objects.get('large')
const reader = got!.body.getReader()
for (let next = await reader.read(); !next.done; next = await reader.read()) {
  read.update(next.value)
  sample()
}
await objects.delete('large')
const grown_mb = (most - before) / 2 ** 20
console.log(JSON.stringify({ same: written.digest('hex') === read.digest('hex'), grown_mb }))
await objects.close()
