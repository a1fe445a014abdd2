import { backfillByHand, backfillDryRun } from '../../db/jobs/control-jobs.ts'
import { commandLineActor } from '../../db/audit/audit.ts'
import { parseWords, printRows, wrongUsage } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { localTime } from '../../db/jobs/upcoming.ts'
import { jobNamed, timeOf, USAGE, withJob, type Command } from './command.ts'
import { readConf, printMisfit } from './conf-option.ts'

/** Queues a run for each slot of the range that has none; --dry-run only lists them. */
export const backfill: Command = (words) => {
  const options = {
    json: { type: 'boolean', default: false },
    from: { type: 'string' },
    to: { type: 'string' },
    conf: { type: 'string', default: '{}' },
    'dry-run': { type: 'boolean', default: false },
  } as const
  const { values, positionals } = parseWords(words, options, USAGE)
  const name = jobNamed(positionals)
  const range = {
    job: name,
    from: timeOf('--from', values.from),
    to: timeOf('--to', values.to),
    conf: readConf(values.conf),
  }
  if (range.from > range.to) return wrongUsage('--from is after --to.', USAGE)
  const dry_run = values['dry-run']
  return (sql) =>
    withJob(sql, name, async (job) => {
      const asked = dry_run ? backfillDryRun(sql, range) : backfillByHand(sql, range, commandLineActor())
      const slots = await asked.catch(printMisfit)
      if (slots === null) return EXIT.usage
      if (values.json) printRows(slots, true)
      else if (slots.length === 0) process.stdout.write('Every slot in the range has a run; there is nothing to do.\n')
      else {
        printRows(
          slots.map(({ slot, run_id }) => ({
            slot,
            local: localTime(slot, job.timezone),
            ...(run_id && { run: run_id }),
          })),
          false,
        )
        process.stdout.write(
          `${slots.length} ${slots.length === 1 ? 'run' : 'runs'} ${dry_run ? 'would be' : 'are'} queued.\n`,
        )
      }
      return EXIT.done
    })
}
