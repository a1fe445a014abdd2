/**
 * Follows the lines of a run to its end. Woken by NOTIFY, over the one connection that listens for this whole process;
 * between two looks a follower holds no connection.
 */
import type { Sql } from 'postgres'
import { createNotify } from '../../lib/notify.ts'
import { listen } from '../engines/postgres/listen.ts'
import { RUN_LOGGED, runLogsAfter, type RunLogRow } from './run-logs.ts'
import { getRun, RUN_ENDED, type RunRow } from './runs.ts'

/** `end` comes last: the run as it ended, or null when it was removed. */
export type RunNews = { lines: RunLogRow[] } | { end: RunRow | null }

const LINES_AT_ONCE = 500
/** In case a notification is lost. */
const LOOK_EVERY_MS = 10_000

/** From the line after the id `after` on. Ends early, without `end`, when `signal` aborts. */
export async function* followRun(
  sql: Sql,
  run_id: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<RunNews, void> {
  const notify = createNotify()
  const wake = (id: string) => void (['', run_id].includes(id) && notify.notifyOne())
  signal.addEventListener('abort', notify.notifyOne)
  const unlisten: Array<() => Promise<void>> = []
  try {
    for (const channel of [RUN_LOGGED, RUN_ENDED]) unlisten.push(await listen(sql, channel, wake))
    while (!signal.aborted) {
      // The run before its lines: those of a run that is over by then are all there.
      const run = await getRun(sql, run_id)
      const lines = await runLogsAfter(sql, run_id, after, LINES_AT_ONCE)
      if (lines.length > 0) yield { lines }
      after = lines.at(-1)?.id ?? after
      if (lines.length === LINES_AT_ONCE) continue
      if (!run || run.finished_at) return void (yield { end: run })
      await notify.notified(LOOK_EVERY_MS)
    }
  } finally {
    signal.removeEventListener('abort', notify.notifyOne)
    for (const stop of unlisten) await stop()
  }
}
