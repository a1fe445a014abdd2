/**
 * Consumes events, and failed ones into the dead letters, until the step of its words, once it is ready: see strikeSelf. CHILD_SLOW is a partition
 * each of whose batches takes some milliseconds more, e.g. `0:500`, or `*:500` for all of them.
 */
import { events } from '../../consumers/events.ts'
import { sourceOf } from '../../consumers/events/ledger.ts'
import { failedEvents } from '../../consumers/failed-events.ts'
import { runStream } from '../../consumers/run-stream.ts'
import { readDbConfig } from '../../db/engines/config.ts'
import { connect, type Db } from '../../db/engines/connect.ts'
import { EVENTS_TOPIC } from '../../db/events/event.ts'
import { envReader } from '../../lib/env.ts'
import { createLog } from '../../lib/log.ts'
import { sleep } from '../../lib/retry.ts'
import { aroundSteps } from './events-cut.ts'
import { strikeSelf } from './notes.ts'

const [fatal, nth, how] = Bun.argv.slice(2)
const { after: strikeAfter, note } = strikeSelf(fatal, nth, how)
let ready = false
/** A program that is struck while it starts need not come to its end. */
const after = (step: string) => ready && strikeAfter(step)
const [slow, slow_ms] = (process.env.CHILD_SLOW ?? '').split(':')
const isSlow = (partition: number) => slow === '*' || slow === String(partition)
const log = createLog('child', 'warn', { fd: 2 })
const whole = await connect(readDbConfig(envReader(process.env)), log, ['sql', 'stream', 'history'])
const db = aroundSteps(whole, async (step, call) => {
  const answer = await call()
  after(step)
  return answer
})

const consume: Db['stream']['consume'] = (options) =>
  whole.stream.consume({
    ...options,
    async onBatch(messages, signal) {
      const ours = options.topic === EVENTS_TOPIC
      const ids = messages.map(sourceOf)
      note('in hand', ids)
      if (ours) after('read')
      if (ours && isSlow(messages[0]!.partition)) await sleep(Number(slow_ms), signal)
      try {
        await options.onBatch(messages, signal)
      } finally {
        note('decided', ids)
      }
      if (ours) after('handled')
    },
  })
const config = { unknown_sku: 'failed' as const, schema_registry_url: undefined }
const running = await Promise.all([events(db, config), failedEvents(db)].map((one) => runStream(one, { consume }, log)))
process.once('SIGTERM', async () => {
  await Promise.all(running.map((one) => one.stop()))
  await whole.close()
  process.exit(0)
})
ready = true
process.stdout.write('ready\n')
