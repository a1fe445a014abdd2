/** Runs the job of a file as its worker ordered. */
import type { StepResult } from '../../../db/jobs/run-steps.ts'
import { AppError, messageOf } from '../../../lib/errors.ts'
import { isJob, type Job, type RunLog } from '../../job.ts'
import { outcomeOfResult, type Outcome } from '../outcome.ts'
import { createStep, type StepBooks } from '../steps.ts'
import type { Channel } from './channel.ts'
import { lazyRoles } from './roles.ts'

/** Throws what the job throws, or AppError job_file when the file no longer has it. */
export async function runOrder(file: string, channel: Channel, log: RunLog): Promise<Outcome> {
  const [job, order] = await Promise.all([importJob(file), channel.order])
  if (job.name !== order.job)
    throw new AppError('internal', 'job_file', `${file} defines the job ${job.name} now, no longer ${order.job}.`)
  const { run_id, attempt, slot, conf, config } = order
  const { signal } = channel
  const roles = lazyRoles(config)
  const step = createStep({ run_id, attempt }, booksOfWorker(channel), () => roles.sql, signal)
  const at = slot === null ? null : new Date(slot)
  return outcomeOfResult(await job.run({ run_id, attempt, slot: at, conf, step, log, roles, signal }))
}

async function importJob(file: string): Promise<Job> {
  let module: { default?: unknown }
  try {
    module = (await import(file)) as { default?: unknown }
  } catch (cause) {
    throw new AppError('internal', 'job_file', `${file} cannot be imported: ${messageOf(cause)}`, { cause })
  }
  if (isJob(module.default)) return module.default
  throw new AppError('internal', 'job_file', `The default export of ${file} is no longer a job.`)
}

function booksOfWorker({ ask }: Channel): StepBooks {
  return {
    read: async (name) => (await ask({ read_step: name })) as { result: StepResult } | undefined,
    save: async (name, result) => (await ask({ save_step: name, result })) as boolean,
  }
}
