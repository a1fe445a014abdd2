/**
 * Tells alerts of missed slots. The statement that records slots notes the missed ones, and observes nothing itself: a
 * tick must not wait for that. The next look takes the notes and observes them in one transaction.
 */
import type { Sql } from 'postgres'
import { numberIn } from '../../lib/texts.ts'
import { observe, type Observation } from '../alerts/observe.ts'
import type { missed_slots } from './table.ts'

type Missed = Pick<typeof missed_slots.$inferSelect, 'job' | 'slot' | 'slot_until' | 'count'>

/** After a downtime of everything, a message for each job would be too many. */
const ONE_BY_ONE = 3
/** The subject of many jobs at once. */
const MANY = '*'

/** A missed slot opens JOB_MISSED of its job; the next that is recorded at its time resolves it. */
export async function observeMissed(sql: Sql): Promise<void> {
  const [row] = await sql<{ missed: boolean; on_time: string[] }[]>`
    select exists (select from missed_slots) as missed, array(
      select subject from alerts a where rule = 'JOB_MISSED' and state <> 'resolved' and exists (
        -- The newest alone: a job may have millions. Not one that ran ahead of its time, before the clock went back.
        select from jobs j
        cross join lateral (
          select state, recorded_at from slots where job = j.name and slot <= now() order by slot desc limit 1
        ) s
        where (j.name = a.subject or a.subject = ${MANY}) and s.state in ('queued', 'ran')
          and s.recorded_at > a.last_failed_at)) as on_time`
  const { missed, on_time } = row!
  if (on_time.length > 0)
    await observe(
      sql,
      on_time.map((subject) => ({ rule: 'JOB_MISSED', subject, ok: true })),
    )
  if (missed)
    await sql.begin(async (tx) => {
      await observe(
        tx,
        asObservations(await tx<Missed[]>`delete from missed_slots returning job, slot, slot_until, count`),
      )
    })
}

function asObservations(missed: Missed[]): Observation[] {
  const jobs = new Map<string, { count: number; from: Date; until: Date }>()
  for (const { job, slot, slot_until, count } of missed) {
    const known = jobs.get(job) ?? { count: 0, from: slot, until: slot }
    const until = slot_until ?? slot
    jobs.set(job, {
      count: known.count + count,
      from: slot < known.from ? slot : known.from,
      until: until > known.until ? until : known.until,
    })
  }
  if (jobs.size > ONE_BY_ONE) {
    const [names, count] = [[...jobs.keys()].toSorted(), sum([...jobs.values()].map((one) => one.count))]
    const list = names.join(', ')
    const detail = {
      en: `${numberIn(count, 'en')} scheduled times of ${names.length} jobs passed while nobody could start them: ${list}.`,
      pt: `${numberIn(count, 'pt-BR')} horários de ${names.length} jobs passaram sem que ninguém pudesse iniciá-los: ${list}.`,
    }
    const at = new Date(Math.min(...[...jobs.values()].map(({ from }) => from.getTime())))
    return [{ rule: 'JOB_MISSED', subject: MANY, ok: false, detail, at }]
  }
  return [...jobs].map(([subject, { count, from, until }]) => {
    const [first, last] = [from.toISOString(), until.toISOString()]
    const detail =
      count === 1
        ? { en: `Nobody could start it at ${first}.`, pt: `Ninguém pôde iniciá-lo em ${first}.` }
        : {
            en: `Nobody could start it at ${numberIn(count, 'en')} scheduled times, from ${first} to ${last}.`,
            pt: `Ninguém pôde iniciá-lo em ${numberIn(count, 'pt-BR')} horários, de ${first} a ${last}.`,
          }
    return { rule: 'JOB_MISSED', subject, ok: false, detail, at: from }
  })
}

const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0)
