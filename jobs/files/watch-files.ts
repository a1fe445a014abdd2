/** Looks at the jobs' files every second, puts what changed to work, and says so in the log. */
import { messageOf } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import { createOutage } from '../../lib/outage.ts'
import { sleep } from '../../lib/retry.ts'
import { textIn } from '../../lib/texts.ts'
import type { Changes, JobFiles } from './job-files.ts'

/** A change is read at the second look that finds it, a failing file once more two looks later. */
const LOOK_EVERY_MS = 1000

export interface FileWatch {
  stop(): Promise<void>
}

/** `apply` is handed every look's changes, and is to repeat what fails until the signal aborts. */
export function watchFiles(
  files: JobFiles,
  apply: (changes: Changes, signal: AbortSignal) => Promise<void>,
  log: Log,
): FileWatch {
  const stopping = new AbortController()
  const { signal } = stopping
  const outage = createOutage(
    log,
    "the jobs' files cannot be looked at; all stays as it is",
    "the jobs' files are back",
  )

  async function look(): Promise<void> {
    const begun_at = performance.now()
    try {
      await files.look()
      outage.answered(begun_at)
    } catch (err) {
      outage.failed(err, begun_at)
      return
    }
    const changes = await files.settle()
    sayChanges(changes, log)
    await apply(changes, signal)
  }

  const done = (async () => {
    for (;;) {
      await sleep(LOOK_EVERY_MS, signal)
      if (signal.aborted) return
      await look().catch((err) => log.error({ err }, `a look at the jobs' files failed: ${messageOf(err)}`))
    }
  })()

  return {
    stop() {
      stopping.abort()
      return done
    },
  }
}

function sayChanges({ changed, gone, problems, well, monitors, monitors_gone }: Changes, log: Log): void {
  for (const { job, is_new, runs_elsewhere } of changed) {
    const where = runs_elsewhere ? '; its attempts run in processes of their own until this program is restarted' : ''
    log.info({ job: job.name, file: job.file }, `this job is ${is_new ? 'new' : 'changed'}${where}`)
  }
  for (const name of gone) log.warn({ job: name }, 'the file of this job is gone; it is no longer started here')
  for (const { name, file } of monitors) log.info({ monitor: name, file }, 'this monitor is new or changed')
  for (const name of monitors_gone) log.warn({ monitor: name }, 'this monitor is no longer in a file here')
  for (const { sentence, at } of problems) log.error({ at }, textIn(sentence, 'en'))
  for (const file of well) log.info({ file }, 'this file can be used again')
}
