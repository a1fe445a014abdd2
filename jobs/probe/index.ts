/**
 * Checks the system every 15 s, for the rules and the KPIs. Every replica wakes at the tick; the database decides which of
 * them checks. Each replica also reports the disk of its machine. Checks never overlap: a slow one makes its replica miss
 * ticks, but takes no more connections.
 */
import { hostname } from 'node:os'
import type { Db } from '../../db/engines/connect.ts'
import { observeGroups } from '../../db/dead-letters/observe-groups.ts'
import type { OrdersDatabase } from '../../db/orders/databases.ts'
import { createOldestWaiting } from '../../db/orders/oldest-waiting.ts'
import { observe } from '../../db/alerts/observe.ts'
import { createOutage } from '../../lib/outage.ts'
import { sleep } from '../../lib/retry.ts'
import { forgetDisks, noteDisk, PROBE_EVERY_S, saveSample, takeTick, type Tick } from '../../db/monitoring/probe.ts'
import type { Log } from '../../lib/log.ts'
import type { ApiClient } from '../api-client.ts'
import { createAsk, type Ask } from './ask.ts'
import { diskObservation, limitsIn, observationsOf, type ProbeLimits } from './observations.ts'
import { createWorkbookAge } from './oldest-input.ts'
import { readDisk, takeSample, type SampleParts } from './take-sample.ts'

export interface ProbeParts {
  db: Pick<Db, 'sql' | 'cache' | 'stream' | 'objects'>
  api: ApiClient
  /** Of the order systems, as they are. */
  systems: OrdersDatabase[]
  data_dir: string
  limits: ProbeLimits
  log: Log
  /** Until the first check: programs that start together are not all ready at once. */
  first_check_ms?: number
}

export interface Probe {
  /** Resolves when the check under way has ended, or was abandoned. */
  stop(): Promise<void>
}

/** A machine without a replica for this long is no longer watched. */
const FORGET_DISK_S = 600
const DATABASE_DEADLINE_MS = 5_000
const FIRST_CHECK_MS = 10_000
/** A program that stops does not wait longer for a check. */
const STOP_MS = 1_000

export function startProbe(parts: ProbeParts): Probe {
  const { log } = parts
  const replica = `${hostname()}:${process.pid}:${Bun.randomUUIDv7().slice(-6)}`
  const check = createCheck(parts, replica)
  const stopping = new AbortController()
  const outage = createOutage(log, 'the probe cannot check: the database does not answer', 'the probe checks again')
  const done = (async () => {
    await sleep(parts.first_check_ms ?? FIRST_CHECK_MS, stopping.signal)
    while (!stopping.signal.aborted) {
      const begun_at = performance.now()
      const next_in_ms = await check().then(
        (ms) => (outage.answered(begun_at), ms),
        (err: unknown) => {
          if (!stopping.signal.aborted) outage.failed(err, begun_at)
          return PROBE_EVERY_S * 1000
        },
      )
      await sleep(next_in_ms, stopping.signal)
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await Promise.race([done, Bun.sleep(STOP_MS)])
    },
  }
}

/** A function that checks once, if the tick is this replica's; returns how long to wait for the next, in milliseconds. */
export function createCheck(parts: ProbeParts, replica: string): () => Promise<number> {
  const { db, api, systems, data_dir, limits } = parts
  const { sql } = db
  const ask = createAsk()
  const sampling: SampleParts = {
    db,
    api,
    ask,
    workbookAge: createWorkbookAge(sql, db.objects),
    ordersAge: createOldestWaiting(sql, systems),
    data_dir,
  }

  async function sampleTick({ tick }: Tick): Promise<void> {
    const taken = await takeSample(sampling)
    // Before the figures of all queues, whose alert is a consequence.
    const grownTo = (subject: string) => limitsIn(limits)('DEAD_LETTERS_GROW', subject, limits.dead_letters_per_hour)
    await ask('groups', () => observeGroups(sql, grownTo), DATABASE_DEADLINE_MS)
    const observations = observationsOf(taken, api.url, limits)
    const save = () =>
      sql.begin(async (tx) => {
        if (!(await saveSample(tx, tick, replica, taken.sample))) return
        for (const host of await forgetDisks(tx, FORGET_DISK_S))
          observations.push({ rule: 'LOW_DISK_SPACE', subject: host, ok: true, final: true })
        await observe(tx, observations)
      })
    await insist(ask, 'save', save)
  }

  async function reportDisk(): Promise<void> {
    const disk = await ask('own disk', () => readDisk(data_dir), DATABASE_DEADLINE_MS)
    if (!disk) return
    const { free_bytes, size_bytes, free_share } = disk.value
    const note = () =>
      sql.begin(async (tx) => {
        const noted = await noteDisk(tx, hostname(), free_bytes, size_bytes)
        if (noted) await observe(tx, [diskObservation(hostname(), free_share, limits)])
      })
    await insist(ask, 'note', note)
  }

  return async () => {
    const tick = await insist(ask, 'tick', () => takeTick(sql, replica))
    const started = performance.now()
    await Promise.all([reportDisk(), tick.mine && sampleTick(tick)])
    return Math.max(0, tick.next_in_ms - (performance.now() - started))
  }
}

/** The answer of the database. Throws when there is none. */
async function insist<T>(ask: Ask, name: string, question: () => PromiseLike<T>): Promise<T> {
  let problem: unknown
  const noted = async () => {
    try {
      return await question()
    } catch (thrown) {
      problem = thrown
      throw thrown
    }
  }
  const answer = await ask(name, noted, DATABASE_DEADLINE_MS)
  if (answer) return answer.value
  throw problem ?? new Error(`the database has not answered within ${DATABASE_DEADLINE_MS / 1000} s`)
}
