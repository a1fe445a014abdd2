/**
 * Steady load on one role, in a process of its own so that what an outage costs it can be seen. It tells its parent how
 * it goes many times a second, and on the word `count` looks whether everything acknowledged is there.
 */
import { readDbConfig } from '../../../db/engines/config.ts'
import { connect } from '../../../db/engines/connect.ts'
import { ROLE_NAMES } from '../../../db/engines/roles.ts'
import { withDeadline } from '../../../lib/retry.ts'
import { envReader } from '../../../lib/env.ts'
import { createLog } from '../../../lib/log.ts'
import { LOADS, type LoadName } from './loads.ts'

export interface State {
  acknowledged: number
  /** Calls under way, and what was acknowledged and has not come to its end. */
  in_flight: number
  /** What has come to its end. */
  done: number
  last_problem: string
}

export interface Count {
  acknowledged: number
  lost: number
  doubled: number
  /** Handed to a handler more than once, and counted once. */
  again: number
}

const CALLERS = 8
const PAUSE_MS = 20
const PAUSE_AFTER_FAILURE_MS = 200
const TELL_MS = 20
const LOOK_MS = 250
const FOUND_WITHIN_MS = 90_000

const name = Bun.argv[2] as LoadName
const db = await connect(readDbConfig(envReader(process.env)), createLog('load', 'warn'), ROLE_NAMES)
const load = await LOADS[name](db)
const acknowledged = new Set<string>()
let calls = 0
let done = 0
let stopping = false
let last_problem = ''

async function caller(): Promise<void> {
  for (let id = crypto.randomUUID(); !stopping;) {
    calls++
    try {
      await load.ask(id)
      acknowledged.add(id)
      id = crypto.randomUUID()
      await Bun.sleep(PAUSE_MS)
    } catch (err) {
      last_problem = String(err)
      if (!load.repeats) id = crypto.randomUUID()
      await Bun.sleep(PAUSE_AFTER_FAILURE_MS)
    } finally {
      calls--
    }
  }
}

const callers = Array.from({ length: CALLERS }, caller)
const telling = setInterval(() => {
  const ended = load.done ? done : acknowledged.size
  tell({ acknowledged: acknowledged.size, in_flight: calls + acknowledged.size - ended, done: ended, last_problem })
}, TELL_MS)
const looking = (async () => {
  while (load.done && !stopping) {
    done = await load.done().catch(() => done)
    await Bun.sleep(LOOK_MS)
  }
})()

process.on('message', async (word) => {
  if (word !== 'count') return
  stopping = true
  await Promise.all([...callers, looking])
  clearInterval(telling)
  let found = new Map<string, number>()
  const missing = () => [...acknowledged].filter((id) => !found.has(id) || found.get(id) === 0)
  for (const deadline = Date.now() + FOUND_WITHIN_MS; ; await Bun.sleep(500)) {
    found = await withDeadline(load.count(), 60_000, 'the count').catch((err: unknown) => {
      last_problem = String(err)
      return found
    })
    if (missing().length === 0 || Date.now() > deadline) break
  }
  const moreThanOnce = (counts: Map<string, number>) => [...counts.values()].filter((n) => n > 1).length
  tell({
    acknowledged: acknowledged.size,
    lost: missing().length,
    doubled: moreThanOnce(found),
    again: load.handed ? moreThanOnce(await load.handed()) : 0,
  })
  await db.close()
  process.exit(0)
})

function tell(what: State | Count): void {
  process.send!(what)
}
