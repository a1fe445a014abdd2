/**
 * The jobs of the chaos: nothing to do, half a second to three seconds of work, failures with retries, and work in a
 * child process. Each writes into a ledger of its own, which takes everything: what started twice is there twice.
 */
import type { Sql } from 'postgres'
import { job, type Job, type JobContext, type JobOptions } from '../../../jobs/job.ts'

export const FIRST_BACKOFF_S = 0.3

export async function createLedger(sql: Sql): Promise<void> {
  await sql`
    create table chaos_ledger (
      what text not null, run_id uuid not null, attempt int not null, job text not null, slot timestamptz not null,
      pid int not null, at timestamptz not null default clock_timestamp())`
}

/** Job number `i` of the chaos; of another version of its file, what does not change its slots differs. */
export function chaosJob(i: number, version = 1): Job {
  const name = `chaos_${i}`
  const schedule = '* * * * * *'
  // So much of everything: of ten jobs five do nothing, three work, two fail at first; three may not overlap.
  const works_ms = [3, 6, 8].includes(i % 10) ? 500 + ((i * 373) % 2500) : 0
  const overlap = [4, 6].includes(i % 10) ? 'skip' : i % 10 === 5 ? 'queue' : 'allow'
  const fails = [2, 7].includes(i % 10)
  const options: JobOptions = {
    name,
    schedule,
    overlap,
    retries: 2,
    catchup_window_s: version * 3600,
    backoff: { first_s: FIRST_BACKOFF_S, max_s: 1 },
    run: (context) => work(context, name, works_ms, fails),
  }
  // A child process costs too much to start one each second.
  return job(i % 25 === 24 ? { ...options, schedule: '@every 3s', isolate: true, overlap: 'allow' } : options)
}

async function work({ run_id, attempt, slot, roles, log }: JobContext, name: string, works_ms: number, fails: boolean) {
  const note = (what: string) => roles.sql`
    insert into chaos_ledger (what, run_id, attempt, job, slot, pid)
    values (${what}, ${run_id}, ${attempt}, ${name}, ${slot}, ${process.pid})`
  await note('begin')
  if (works_ms > 0) log.info(`works for ${works_ms} ms`)
  await Bun.sleep(works_ms)
  if (fails && attempt === 1) throw new Error('the first attempt fails')
  await note('end')
  return { attempt }
}
