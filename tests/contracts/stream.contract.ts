/** What every stream driver promises. `open` gives an engine; each test uses a topic and a group of its own on it. */
import { afterAll, afterEach, beforeAll, describe, test } from 'bun:test'
import type { Stream } from '../../db/engines/stream/stream.ts'
import { groupContract } from './stream-groups.contract.ts'
import { messageContract } from './stream-messages.contract.ts'
import { openStreamProgram, type StreamEngine, type StreamProgram, type StreamTimes } from './stream-programs.ts'

export interface StreamTest {
  engine: StreamEngine
  topic: string
  group: string
  stream: Stream
  /** Another program's stream. Unless told, leases last so long that heartbeats and polling play no part. */
  program(times?: StreamTimes): Promise<Stream>
}

export type OnStreamTest = (title: string, run: (test: StreamTest) => Promise<void>) => void

export function streamContract(driver: string, open: () => Promise<{ engine: StreamEngine; close(): Promise<void> }>) {
  describe(`a stream on ${driver}`, () => {
    let engine: StreamEngine
    let close: () => Promise<void>
    let programs: StreamProgram[] = []
    beforeAll(async () => {
      ;({ engine, close } = await open())
    })
    afterAll(() => close())
    afterEach(async () => {
      await Promise.all(programs.map((program) => program.close()))
      programs = []
    })

    async function program(times: StreamTimes = { lease_ms: 600_000 }): Promise<Stream> {
      const opened = await openStreamProgram(engine, times)
      programs.push(opened)
      return opened.stream
    }

    const onTest: OnStreamTest = (title, run) =>
      test(title, async () => {
        const id = crypto.randomUUID()
        await run({ engine, topic: `topic-${id}`, group: `group-${id}`, stream: await program(), program })
      })
    messageContract(onTest)
    groupContract(onTest)
  })
}
