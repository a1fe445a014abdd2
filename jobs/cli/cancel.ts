import type { Sql } from 'postgres'
import { createNotify } from '../../lib/notify.ts'
import { cancelByHand } from '../../db/jobs/control-jobs.ts'
import { cancelRun } from '../../db/jobs/cancel-runs.ts'
import { listen } from '../../db/engines/postgres/listen.ts'
import { RUN_ENDED, type RunRow } from '../../db/jobs/runs.ts'
import { commandLineActor } from '../../db/audit/audit.ts'
import { parseWords, printRows } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { runNamed, USAGE, type Command } from './command.ts'

const POLL_MS = 1000
const HINT_AFTER_MS = 3000

/** Ends a run, and waits until it has ended: its worker does so at once; the lease of a dead worker expires soon. */
export const cancel: Command = (words) => {
  const { values, positionals } = parseWords(words, { json: { type: 'boolean', default: false } }, USAGE)
  const id = runNamed(positionals)
  return async (sql) => {
    const run = await ended(sql, await cancelByHand(sql, id, commandLineActor()))
    printRows([values.json ? run : { run: id, job: run.job, state: run.state, attempt: run.attempt }], values.json)
    return EXIT.done
  }
}

async function ended(sql: Sql, asked: RunRow): Promise<RunRow> {
  let run = asked
  if (run.state !== 'running') return run
  const notify = createNotify()
  const unlisten = await listen(sql, RUN_ENDED, (id) => void (['', run.id].includes(id) && notify.notifyOne()))
  const started = Date.now()
  let hinted = false
  try {
    while (run.state === 'running') {
      await notify.notified(POLL_MS)
      if (!hinted && Date.now() - started > HINT_AFTER_MS) {
        const until = run.lease_until?.toISOString()
        process.stderr.write(
          `Its worker ${run.worker} does not answer; at the latest it ends with its lease, at ${until}.\n`,
        )
        hinted = true
      }
      // Asking again ends the run when its worker's lease has expired, even when no other worker does.
      run = await cancelRun(sql, run.id, { en: '', pt: '' })
    }
    return run
  } finally {
    await unlisten()
  }
}
