import type { Sql } from 'postgres'
import { createNotify } from '../../lib/notify.ts'
import { cancelByHand } from '../../db/jobs/control-jobs.ts'
import { cancelRun } from '../../db/jobs/cancel-runs.ts'
import { listen } from '../../db/engines/postgres/listen.ts'
import { RUN_ENDED, type RunRow } from '../../db/jobs/runs.ts'
import { parseWords, printRows } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { runNamed, whoTypes, type Command } from './command.ts'
import { USAGE } from './usage.ts'

const LOOK_EVERY_MS = 1000
const HINT_AFTER_MS = 3000

/** Ends a run, and waits until it has: its worker does it at once, and one that is dead loses its lease in a while. */
export const cancel: Command = (words) => {
  const { values, positionals } = parseWords(words, { json: { type: 'boolean', default: false } }, USAGE)
  const id = runNamed(positionals)
  return async (sql) => {
    const run = await ended(sql, await cancelByHand(sql, id, whoTypes()))
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
      await notify.notified(LOOK_EVERY_MS)
      if (!hinted && Date.now() - started > HINT_AFTER_MS) {
        const until = run.lease_until?.toISOString()
        process.stderr.write(
          `Its worker ${run.worker} does not answer; at the latest it ends with its lease, at ${until}.\n`,
        )
        hinted = true
      }
      // Asking again ends the run of a worker whose lease is over, also where nobody else looks.
      run = await cancelRun(sql, run.id, '')
    }
    return run
  } finally {
    await unlisten()
  }
}
