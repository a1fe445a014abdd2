/** Tells the other replicas which files this one has, and sees to what follows from what all of them have. */
import { observeGone } from '../../db/jobs/gone-jobs.ts'
import { observeFiles } from '../../db/jobs/observe-files.ts'
import { LOOK_EVERY_MS, ReplicaSeat } from '../../db/jobs/replicas.ts'
import type { FileProblem } from '../../db/jobs/table.ts'
import { settleGone } from '../../db/monitors/register.ts'
import type { Sql } from 'postgres'
import type { Log } from '../../lib/log.ts'
import { createRetry, sleep } from '../../lib/retry.ts'
import type { JobFiles } from './job-files.ts'

export interface Presence {
  /** Before what changed is registered: a job that no replica has said that it has is gone. */
  changed(problems: FileProblem[], signal: AbortSignal): Promise<void>
  stop(): Promise<void>
}

export async function startPresence(sql: Sql, folder: string, files: JobFiles, log: Log): Promise<Presence> {
  const seat = new ReplicaSeat(sql, folder)
  const stopping = new AbortController()
  const retryUntilAborted = createRetry(log, "the watch over the jobs' files")

  async function follow(changed: FileProblem[]): Promise<void> {
    await observeFiles(sql, new Set(changed.map(({ file }) => file)))
    const { went, back } = await observeGone(sql, seat.id)
    for (const job of went) log.warn({ job }, 'no replica has the file of this job any more; its runs are cancelled')
    for (const job of back) log.info({ job }, 'the file of this job is back')
    const monitors = await settleGone(sql, seat.id)
    for (const monitor of monitors.went) log.warn({ monitor }, 'no replica has the file of this monitor any more')
    for (const monitor of monitors.back) log.info({ monitor }, 'the file of this monitor is back')
  }

  async function look(): Promise<void> {
    await seat.write(files.held())
    await seat.look()
    await follow([])
  }

  await seat.take(files.held())
  await follow(files.problems)
  const done = (async () => {
    for (;;) {
      await sleep(LOOK_EVERY_MS, stopping.signal)
      if (stopping.signal.aborted) return
      await retryUntilAborted(look, stopping.signal).catch((err) => log.debug({ err }, 'the last look failed'))
    }
  })()

  return {
    changed: (problems, signal) =>
      retryUntilAborted(async () => {
        await seat.write(files.held())
        await follow(problems)
      }, signal),
    async stop() {
      stopping.abort()
      await done
      await seat.leave()
    },
  }
}
