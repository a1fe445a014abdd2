/** A consumer to be killed: prints each batch it is given as a line of JSON, and never returns from its handler. */
import { openStreamProgram } from './stream-programs.ts'

const { engine, times, consume } = JSON.parse(Bun.argv[2]!)
const { stream } = await openStreamProgram(engine, times)
await stream.consume({
  ...consume,
  async onBatch(messages) {
    process.stdout.write(`${JSON.stringify({ offsets: messages.map(({ offset }) => offset) })}\n`)
    await new Promise(() => {})
  },
})
