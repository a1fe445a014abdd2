/** The parent of child-worker.test.ts that is killed: says the id of its child, which is in a loop then. */
import { join } from 'node:path'
import { ChildWorker } from '../../../lib/child/child-worker.ts'
import type { Order } from './take-orders.ts'

const worker = new ChildWorker<Order, unknown>(join(import.meta.dir, 'take-orders.ts'))
await worker.ask({ echo: 'up' }, {})
void worker.ask({ spin: true }, {})
process.stdout.write(`${worker.pid}\n`)
