/** What every queue driver promises. `open` gives an engine; each test uses a queue of its own on it. */
import { afterAll, afterEach, beforeAll, describe, test } from 'bun:test'
import type { Queue, QueueSettings } from '../../db/engines/queue/queue.ts'
import { deliveryContract } from './queue-deliveries.contract.ts'
import { openQueueProgram, type QueueEngine, type QueueProgram, type QueueTimes } from './queue-programs.ts'
import { retryContract } from './queue-retries.contract.ts'

export interface QueueTest {
  engine: QueueEngine
  name: string
  settings: QueueSettings
  queue: Queue
  /** Another program's queue. Unless told, leases last so long that they play no part. */
  program(times?: QueueTimes): Promise<Queue>
}

export type OnQueueTest = (title: string, run: (test: QueueTest) => Promise<void>) => void

export function queueContract(
  driver: string,
  open: () => Promise<{ engine: QueueEngine; close(queues: string[]): Promise<void> }>,
) {
  describe(`a queue on ${driver}`, () => {
    let engine: QueueEngine
    let close: (queues: string[]) => Promise<void>
    let programs: QueueProgram[] = []
    const names: string[] = []
    beforeAll(async () => {
      ;({ engine, close } = await open())
    })
    afterAll(() => close(names))
    afterEach(async () => {
      await Promise.all(programs.map((program) => program.close()))
      programs = []
    })

    async function program(times: QueueTimes = { lease_ms: 600_000 }): Promise<Queue> {
      const opened = await openQueueProgram(engine, times)
      programs.push(opened)
      return opened.queue
    }

    const onTest: OnQueueTest = (title, run) =>
      test(title, async () => {
        const name = `queue-${crypto.randomUUID()}`
        const settings = { name, max_attempts: 3, retry_delay_ms: 150 }
        names.push(name)
        await run({ engine, name, settings, queue: await program(), program })
      })
    deliveryContract(onTest)
    retryContract(onTest)
  })
}
