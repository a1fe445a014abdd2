/** The template: copy this file, rename the job, write `run`. Every option is here with what it does. */
import { Type } from '@sinclair/typebox'
import { job } from '../job.ts'

export default job({
  // Unique. `bun run jobs trigger hello` starts it by hand.
  name: 'hello',
  // A cron expression of 5 or 6 fields, @hourly, @daily, @weekly, @monthly, @yearly, @every 30s or @never. Or, instead,
  // `after: 'process_data'`: whenever that job has succeeded; of several jobs, `after: ['a', 'b']`, when all have, with slots at most
  // `after_window_s: 3600` apart. `bun run jobs next hello` shows when it will run.
  schedule: '0 8 * * MON-FRI',
  // The zone of the schedule; UTC when left out.
  timezone: 'America/Sao_Paulo',
  // `calendar: 'BR-SP'`: not on the public holidays there.
  // When `run` throws: try again twice, after 5 and then 10 seconds.
  retries: 2,
  backoff: { first_s: 5, max_s: 60 },
  // A run that takes longer fails. Pass `signal` to every call that waits, so that it really ends then.
  timeout_s: 30,
  // true: each attempt runs in a process of its own, so that a job that hangs or computes for long does not block the others;
  // then `memory_mb: 500` kills an attempt that takes more.
  isolate: false,
  // When the job is due while it runs: skip that slot, queue it, cancel the run before (cancel_previous), or allow both.
  overlap: 'skip',
  // Jobs that name one pool share a limit, over all replicas: 1, or what POOLS says (`POOLS=reports=2,api=5`).
  // pool: 'reports',
  // After a downtime, the last of its slots runs (or all, or none); none older than a day does.
  catchup: 'last',
  catchup_window_s: 86_400,
  // The conf of a trigger: bun run jobs trigger hello --conf '{"name": "Ana"}'. A conf that does not fit is refused there.
  conf: Type.Object({ name: Type.String({ minLength: 1, maxLength: 100, default: 'world' }) }),

  // Or a program in any language: `run: command('python3', ['report.py'])`; import command beside job.
  async run({ slot, conf, attempt, step, log, roles, signal }) {
    // Kept with the run: bun run jobs logs RUN. Levels: debug, info, warn, error.
    log.info(`Hello, ${conf.name}!`, { slot: slot?.toISOString() ?? null, attempt })

    // Done once: when a later line fails, the retry gets this result again. It returns plain JSON.
    const greeting = await step('choose the words', () => ({
      text: `Hello, ${conf.name}!`,
      chosen_in_attempt: attempt,
    }))

    // The same with an effect in the database: the effect and the step's result are one transaction.
    const database = await step.tx('ask the database', async (sql) => {
      const [row] = await sql<{ version: string }[]>`select current_setting('server_version') as version`
      return row!.version
    })

    // `roles` are sql, objects, stream, and api: Doca's own API, as the service user.
    const answer = await roles.api.get('/health/live', { signal }).catch(() => null)
    if (!answer?.ok) log.warn(`The API at ${roles.api.url} does not answer; never mind.`)
    await answer?.body?.cancel()

    // After every wait: throws when the run has timed out, was cancelled, or the program stops.
    signal.throwIfAborted()

    // Kept as the run's result; an error fails the attempt.
    return { ...greeting, database }
  },
})
