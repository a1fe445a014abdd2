/** Runs the job of a file as the worker ordered. */
import { dirname } from 'node:path'
import type { Sql } from 'postgres'
import { lazyRoles } from '../../../db/engines/roles.ts'
import { watchStream } from '../../../db/engines/stream/watch.ts'
import type { StepResult } from '../../../db/jobs/run-steps.ts'
import { AppError, sentenceOf } from '../../../lib/errors.ts'
import type { Log } from '../../../lib/log.ts'
import { passOn, type Tracing } from '../../../lib/tracing/tracing.ts'
import { NO_WATCH } from '../../../lib/watch.ts'
import type { JobsConfig } from '../../config.ts'
import { exactly, serveTexts } from '../../files/sources.ts'
import { isJob, type Job, type JobRoles, type RunLog } from '../../job.ts'
import { jobRoles } from '../../roles.ts'
import { outcomeOfResult, type Outcome } from '../outcome.ts'
import { createStep, type StepStore } from '../steps.ts'
import type { Channel } from './channel.ts'
import { programRunner } from './run-program.ts'

/** Throws what the job throws, or AppError job_file when the file no longer has it. */
export async function runOrder(file: string, channel: Channel, log: RunLog): Promise<Outcome> {
  const order = await channel.order
  if (order.texts) serveTexts(new Map(Object.entries(order.texts)), exactly(Object.keys(order.texts)))
  const job = await importJob(file)
  if (job.name !== order.job)
    throw new AppError('internal', 'job_file', {
      en: `${file} defines the job ${job.name} now, no longer ${order.job}.`,
      pt: `${file} agora define o job ${job.name}, e não mais ${order.job}.`,
    })
  const { run_id, attempt, slot, conf, config, carrier } = order
  const { signal } = channel
  const roles = openRoles(config, passOn(carrier))
  const step = createStep({ run_id, attempt }, storeOfWorker(channel), () => roles.sql, signal)
  const at = slot === null ? null : new Date(slot)
  const command = programRunner(dirname(file), order, { log, signal })
  return outcomeOfResult(await job.run({ run_id, attempt, slot: at, conf, step, command, log, roles, signal }))
}

/** The file descriptor of the worker's stdout; this process's own stdout is the run's log. */
const WORKERS_STDOUT = 3

/** Modules that take time to import are imported at their first use, so that a small job starts fast. */
function openRoles(config: JobsConfig, tracing: Tracing): JobRoles {
  const url = config.db.database_url!
  let sql: Sql | undefined
  let log: Log | undefined
  function openSql(): Sql {
    const module =
      require('../../../db/engines/postgres/open-sql.ts') as typeof import('../../../db/engines/postgres/open-sql.ts')
    return module.openSql(url, config.db.database_pool, config.db)
  }
  function createLog(): Log {
    const module = require('../../../lib/log.ts') as typeof import('../../../lib/log.ts')
    return module.createLog('jobs', config.log_level, { fd: WORKERS_STDOUT })
  }
  const parts = { config: config.db, sql: () => (sql ??= openSql()), log: () => (log ??= createLog()) }
  const { stream: plain, objects } = lazyRoles(['stream', 'objects'], parts).roles
  const stream = tracing.carrier().traceparent === undefined ? plain : watchStream(plain, '', { ...NO_WATCH, tracing })
  const opened = {
    get sql() {
      return parts.sql()
    },
    stream,
    objects,
    url,
  }
  return jobRoles(config, opened, parts.log, tracing.carrier)
}

async function importJob(file: string): Promise<Job> {
  let module: { default?: unknown }
  try {
    module = (await import(file)) as { default?: unknown }
  } catch (cause) {
    const why = sentenceOf(cause)
    const detail = { en: `${file} cannot be imported: ${why.en}`, pt: `${file} não pode ser importado: ${why.pt}` }
    throw new AppError('internal', 'job_file', detail, { cause })
  }
  if (isJob(module.default)) return module.default
  throw new AppError('internal', 'job_file', {
    en: `The default export of ${file} is no longer a job.`,
    pt: `O export default de ${file} não é mais um job.`,
  })
}

function storeOfWorker({ ask }: Channel): StepStore {
  return {
    read: async (name) => (await ask({ read_step: name })) as { result: StepResult } | undefined,
    save: async (name, result, began_at) => (await ask({ save_step: name, result, began_at })) as boolean,
  }
}
