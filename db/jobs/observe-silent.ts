/**
 * Tells alerts of jobs that nobody schedules: the time of a slot is long over, and there is no slot, not even a missed one.
 * Schedulers record every slot; that they do not means that none of them takes this job for its own.
 */
import type { Sql } from 'postgres'
import { openSubjects } from '../alerts/alerts.ts'
import { observe } from '../alerts/observe.ts'
import { readSchedule } from './schedule.ts'
import type { jobs } from './table.ts'

const RULE = 'JOB_SILENT'
/** A scheduler looks four times in this time. */
const LATE_MS = 120_000

type Scheduled = Pick<typeof jobs.$inferSelect, 'name' | 'schedule' | 'timezone' | 'scheduled_until'> & { now: Date }

export async function observeSilentJobs(sql: Sql): Promise<void> {
  const scheduled = await sql<Scheduled[]>`
    select name, schedule, timezone, scheduled_until, now() as now from jobs
    where paused_at is null and gone_at is null and after is null`
  const silent = scheduled.flatMap((job) => {
    const due = dueSince(job)
    return due ? [{ rule: RULE, subject: job.name, ok: false, detail: detailOf(job, due) } as const] : []
  })
  const open = await openSubjects(sql, RULE)
  const over = open.filter((subject) => !silent.some((one) => one.subject === subject))
  await observe(sql, [...silent, ...over.map((subject) => ({ rule: RULE, subject, ok: true }) as const)])
}

/** The first slot that nobody has recorded, if its time is long over. */
function dueSince({ schedule, timezone, scheduled_until, now }: Scheduled): Date | null {
  try {
    const due = readSchedule(schedule, timezone).next(scheduled_until)
    return due && now.getTime() - due.getTime() > LATE_MS ? due : null
  } catch {
    // Of a newer version of the jobs, whose program watches it.
    return null
  }
}

function detailOf({ scheduled_until }: Scheduled, due: Date) {
  const [since, first] = [scheduled_until.toISOString(), due.toISOString()]
  return {
    en: `It was due at ${first}, and nobody has recorded that: its last slot is of ${since}.`,
    pt: `O horário de ${first} passou sem registro; o último é de ${since}.`,
  }
}
