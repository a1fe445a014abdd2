import { databaseTime, refuseGone } from '../../db/jobs/jobs.ts'
import { parseWords, printRows, wrongUsage } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { isTimezone } from '../../lib/calendar.ts'
import { localTime, upcoming } from '../../db/jobs/upcoming.ts'
import { countOf, jobNamed, USAGE, withJob, type Command } from './command.ts'

/** Nobody reads more, and each takes some time to compute. */
const MAX_COUNT = 1000

/** The next times of a job, in UTC, in its own zone and, with --tz, in another. */
export const next: Command = (words) => {
  const options = {
    json: { type: 'boolean', default: false },
    count: { type: 'string', default: '20' },
    tz: { type: 'string' },
  } as const
  const { values, positionals } = parseWords(words, options, USAGE)
  const name = jobNamed(positionals)
  const count = countOf('--count', values.count, 1)
  if (count > MAX_COUNT) return wrongUsage(`--count must be at most ${MAX_COUNT}.`, USAGE)
  const { tz } = values
  if (tz !== undefined && !isTimezone(tz))
    return wrongUsage(`--tz "${tz}" is not known; name one of the IANA zones, such as America/Sao_Paulo or UTC.`, USAGE)
  return (sql) =>
    withJob(sql, name, async (job) => {
      refuseGone(job)
      if (job.after !== null) {
        if (values.json) printRows([], true)
        else process.stdout.write(`${job.name} has no times of its own: it runs after ${job.after.join(' and ')}.\n`)
        return EXIT.done
      }
      const rows = upcoming(job, job.timezone, await databaseTime(sql), count).map(({ slot, local, note }) => ({
        utc: slot,
        [job.timezone]: local,
        ...(tz !== undefined && tz !== job.timezone && { [tz]: localTime(slot, tz) }),
        note: note?.en ?? '',
      }))
      const asJson = rows.map(({ utc, note, ...local }) => ({ utc, local, note: note || null }))
      printRows(values.json ? asJson : rows, values.json)
      return EXIT.done
    })
}
