/** A consumer to be killed: prints each delivery as a line of JSON, and never returns from its handler. */
import { openQueueProgram } from './queue-programs.ts'

const { engine, times, settings } = JSON.parse(Bun.argv[2]!)
const { queue } = await openQueueProgram(engine, times)
await queue.consume(settings, async ({ id, attempt }) => {
  process.stdout.write(`${JSON.stringify({ id, attempt })}\n`)
  return new Promise(() => {})
})
