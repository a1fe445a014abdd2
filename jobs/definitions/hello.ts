/** The template: copy this file, rename the job, write `run`. Every option stands here with what it does. */
import { job } from '../job.ts'

export default job({
  // Unique. `bun run jobs trigger hello` starts it by hand.
  name: 'hello',
  // A cron expression of 5 or 6 fields, @hourly, @daily, @weekly, @monthly, or @every 30s.
  schedule: '0 8 * * MON-FRI',
  // The zone of the schedule; UTC when left out.
  timezone: 'America/Sao_Paulo',
  // When `run` throws: try again twice, after 5 and then 10 seconds.
  retries: 2,
  backoff: { first_s: 5, max_s: 60 },
  // A run that takes longer fails. Hand `signal` to whatever waits, so that it really ends then.
  timeout_s: 30,
  // Due while a run of it is under way: skip that slot, queue it, or allow both.
  overlap: 'skip',
  // Slots that passed while nothing ran: make up for the last, for all, or none.
  catchup: 'last',

  async run({ slot, conf, attempt, log }) {
    // `conf` is what the trigger handed in: bun run jobs trigger hello --conf '{"name": "Ana"}'
    const name = typeof conf.name === 'string' ? conf.name : 'world'
    // Kept with the run: bun run jobs show RUN
    log.info(`Hello, ${name}!`, { slot: slot?.toISOString() ?? null, attempt })
    // Kept as the run's result; what is thrown instead fails the attempt.
    return { greeted: name }
  },
})
