/**
 * Writes how this worker's attempts ended, as a group commit: ends that come while a write is under way go together in the
 * next one. When PostgreSQL refuses one of them (a result nested too deeply), they are written one by one, and that one
 * with a sentence in place of its result.
 */
import postgres, { type Sql } from 'postgres'
import { batchWrites } from '../../lib/batch-writes.ts'
import type { RetryUntilAborted } from '../../lib/retry.ts'
import { endAttempts, type AttemptEnd } from '../../db/jobs/run-ends.ts'

/** Resolves to false when the run was no longer this attempt's; rejects when the program gives up. */
export type WriteEnd = (end: AttemptEnd) => Promise<boolean>

interface Ending {
  end: AttemptEnd
  written: boolean
}

/**
 * `claimsFirst` resolves when the claim under way is over: hundreds of jobs that are due together must not wait until the
 * ends of the quick ones among them are written.
 */
export function createEndWriter(
  sql: Sql,
  retryUntilAborted: RetryUntilAborted,
  giveUp: AbortSignal,
  claimsFirst: () => Promise<unknown>,
): WriteEnd {
  const add = batchWrites<Ending>((endings) => retryUntilAborted(() => writeAll(sql, endings), giveUp), {
    max_items: 500,
    max_bytes: 4 * 1024 * 1024,
    bytesOf: ({ end }) => ('result' in end ? JSON.stringify(end.result).length : 0),
  })
  return async (end) => {
    const ending = { end, written: false }
    await claimsFirst()
    await add([ending])
    return ending.written
  }
}

async function writeAll(sql: Sql, endings: Ending[]): Promise<void> {
  try {
    await write(sql, endings)
  } catch (err) {
    if (!isRefusal(err)) throw err
    for (const ending of endings) await writeOne(sql, ending)
  }
}

async function writeOne(sql: Sql, ending: Ending): Promise<void> {
  if (ending.written) return
  try {
    await write(sql, [ending])
  } catch (err) {
    if (!isRefusal(err)) throw err
    await write(sql, [ending], inPlaceOf(ending.end, err.message))
  }
}

async function write(sql: Sql, endings: Ending[], ...instead: AttemptEnd[]): Promise<void> {
  const ended = await endAttempts(sql, instead.length > 0 ? instead : endings.map(({ end }) => end))
  const written = new Set(ended.map(({ run_id, attempt }) => `${run_id} ${attempt}`))
  for (const ending of endings) ending.written = written.has(`${ending.end.run_id} ${ending.end.attempt}`)
}

function inPlaceOf(end: AttemptEnd, said: string): AttemptEnd {
  const problem = { en: `The database refused it: ${said}`, pt: `O banco de dados o recusou: “${said}”` }
  if (end.state === 'succeeded') return { ...end, result: { not_kept: problem.en } }
  return end.state === 'failed' ? { ...end, error: problem } : end
}

/** Whether trying again is useless: SQLSTATE class 22 is bad data, 54 a limit that it exceeds. */
function isRefusal(err: unknown): err is postgres.PostgresError {
  return err instanceof postgres.PostgresError && /^(22|54)/.test(err.code)
}
