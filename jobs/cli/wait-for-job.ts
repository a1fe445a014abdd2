/** Waits for a job whose file was written just now: the jobs program takes some seconds to notice it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { listen } from '../../db/engines/postgres/listen.ts'
import { findJob, JOB_NAME, JOBS_REGISTERED } from '../../db/jobs/jobs.ts'
import { createNotify } from '../../lib/notify.ts'
import { filesOf } from '../files/job-files.ts'

const WAIT_MS = 10_000
/** A notification may be lost. */
const POLL_MS = 1000

/** Resolves at once for a job that is registered and not gone, and for one that no file of the folder names. */
export async function waitForJob(sql: Sql, name: string, jobs_dir: string): Promise<void> {
  const isThere = async () => (await findJob(sql, name))?.gone_at === null
  if ((await isThere()) || !(await isNamed(name, jobs_dir))) return
  process.stderr.write(`Waiting for the jobs program to read the file of ${name}.\n`)
  const notify = createNotify()
  const unlisten = await listen(sql, JOBS_REGISTERED, notify.notifyOne)
  try {
    for (const until = Date.now() + WAIT_MS; Date.now() < until && !(await isThere());) await notify.notified(POLL_MS)
  } finally {
    await unlisten()
  }
}

async function isNamed(name: string, jobs_dir: string): Promise<boolean> {
  if (!JOB_NAME.test(name)) return false
  for (const file of await filesOf(jobs_dir).catch(() => [])) {
    const text = await readFile(join(jobs_dir, file), 'utf8').catch(() => '')
    if (new RegExp(`['"\`]${name}['"\`]`).test(text)) return true
  }
  return false
}
