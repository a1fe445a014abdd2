import type { Sql } from 'postgres'
import { createNotify } from '../../lib/notify.ts'
import { triggerRun } from '../../db/jobs/control-jobs.ts'
import { findJob } from '../../db/jobs/jobs.ts'
import { listen } from '../../db/engines/postgres/listen.ts'
import { getRun, RUN_ENDED, type RunRow } from '../../db/jobs/runs.ts'
import { commandLineActor } from '../../db/audit/audit.ts'
import { parseWords, printRows } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { textIn } from '../../lib/texts.ts'
import { jobNamed, USAGE, withJob, type Command } from './command.ts'
import { readConf, printMisfit } from './conf-option.ts'
import { waitForJob } from './wait-for-job.ts'

export const trigger: Command = (words, jobs_dir) => {
  const { values, positionals } = parseWords(
    words,
    {
      json: { type: 'boolean', default: false },
      wait: { type: 'boolean', default: false },
      conf: { type: 'string', default: '{}' },
    },
    USAGE,
  )
  const job = jobNamed(positionals)
  const given = readConf(values.conf)
  return async (sql) => {
    await waitForJob(sql, job, jobs_dir)
    return withJob(sql, job, async () => {
      const asked = { job, conf: given, trigger: 'manual' } as const
      const run_id = await triggerRun(sql, asked, commandLineActor()).catch(printMisfit)
      if (run_id === null) return EXIT.usage
      const run = values.wait ? await waitForEnd(sql, run_id) : await readRun(sql, run_id)
      const { id, state, attempt, error, result } = run
      printRows([values.json ? run : { run: id, job, state, attempt, error, result }], values.json)
      return values.wait && state !== 'succeeded' ? EXIT.failed : EXIT.done
    })
  }
}

/** A notification may be lost. */
const POLL_MS = 1000
const HINT_AFTER_MS = 5000

/** Resolves when the run has ended; says on stderr what it waits for: a worker, or the next attempt. */
export async function waitForEnd(sql: Sql, run_id: string): Promise<RunRow> {
  const notify = createNotify()
  const unlisten = await listen(sql, RUN_ENDED, (ended) => void (['', run_id].includes(ended) && notify.notifyOne()))
  const started = Date.now()
  let hinted = false
  let failed_attempt = 0
  try {
    for (;;) {
      const run = await readRun(sql, run_id)
      if (run.finished_at) return run
      if (!hinted && run.attempt === 0 && Date.now() - started > HINT_AFTER_MS) {
        const problem = (await findJob(sql, run.job))?.problem
        process.stderr.write(
          `Still waiting for a worker; ${(problem && textIn(problem.sentence, 'en')) ?? 'is `bun run jobs` running?'}\n`,
        )
        hinted = true
      }
      if (run.state === 'queued' && run.attempt > failed_attempt) {
        const at = run.available_at.toISOString().slice(11, 19)
        process.stderr.write(
          `Attempt ${run.attempt} is over: ${run.error ?? 'its worker is gone'}. The next one is due at ${at} UTC.\n`,
        )
        failed_attempt = run.attempt
      }
      await notify.notified(POLL_MS)
    }
  } finally {
    await unlisten()
  }
}

async function readRun(sql: Sql, run_id: string): Promise<RunRow> {
  const run = await getRun(sql, run_id)
  if (!run) throw new Error(`Run ${run_id} was removed.`)
  return run
}
