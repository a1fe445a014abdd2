/**
 * Durable steps. A finished step's result is stored with the run; later attempts get it back without doing the step again.
 * A step that was under way is done again, with the same idempotency key; a `step.tx` is not, since its effect and its
 * result are one transaction.
 */
import type { Sql } from 'postgres'
import type { HeldAttempt } from '../../db/jobs/runs.ts'
import { readStep, saveStep, type StepResult } from '../../db/jobs/run-steps.ts'
import { AppError } from '../../lib/errors.ts'
import type { Step, StepContext } from '../job.ts'
import { exactJson } from './exact-json.ts'

export const MAX_STEP_BYTES = 1_048_576
const MAX_NAME = 200

/** Stores results: in the database, or for an isolated attempt through the worker that started it. */
export interface StepStore {
  read(name: string): Promise<{ result: StepResult } | undefined>
  /** False when the run is no longer this attempt's. */
  save(name: string, result: StepResult): Promise<boolean>
}

export function storeIn(
  sql: Sql,
  held: HeldAttempt,
  retryUntilAborted: <T>(call: () => PromiseLike<T>) => Promise<T>,
): StepStore {
  return {
    read: (name) => retryUntilAborted(() => readStep(sql, held.run_id, name)),
    save: (name, result) => retryUntilAborted(() => saveStep(sql, held, name, result)),
  }
}

/** `sql` is asked for its pool only when a `step.tx` needs it. */
export function createStep(held: HeldAttempt, store: StepStore, sql: () => Sql, signal: AbortSignal): Step {
  const used = new Set<string>()

  /** Every use of a name begins here; the key is the same in every attempt. */
  function begin(name: unknown): StepContext {
    if (
      typeof name !== 'string' ||
      name === '' ||
      name.length > MAX_NAME ||
      /\p{Cc}/u.test(name) ||
      !name.isWellFormed()
    )
      throw stepError('step_name', `A step's name is a text of 1 to ${MAX_NAME} characters, not ${Bun.inspect(name)}.`)
    if (used.has(name))
      throw stepError(
        'step_repeated',
        `The step "${name}" is used twice in one attempt; give each step a name of its own.`,
      )
    used.add(name)
    signal.throwIfAborted()
    return { idempotency_key: Bun.randomUUIDv5(name, held.run_id) }
  }

  async function step<T>(name: string, fn: (context: StepContext) => Promise<T> | T): Promise<T> {
    const context = begin(name)
    // A first attempt has none.
    const finished = held.attempt === 1 ? undefined : await store.read(name)
    if (finished) return valueOf(finished.result) as T
    const result = resultOf(name, await fn(context))
    if (!(await store.save(name, result))) throw runLost(name)
    return valueOf(result) as T
  }

  const tx: Step['tx'] = async (name, fn) => {
    const context = begin(name)
    type Value = Awaited<ReturnType<typeof fn>>
    return (await sql().begin(async (transaction) => {
      const finished = held.attempt === 1 ? undefined : await readStep(transaction, held.run_id, name)
      if (finished) return valueOf(finished.result)
      const result = resultOf(name, await fn(transaction, context))
      // Last, since a lock on the run keeps its lease from being renewed.
      if (!(await saveStep(transaction, held, name, result))) throw runLost(name)
      return valueOf(result)
    })) as Value
  }

  return Object.assign(step, { tx })
}

function resultOf(name: string, value: unknown): StepResult {
  const exact = exactJson(value, MAX_STEP_BYTES)
  if ('text' in exact) return exact.text
  throw stepError(
    'step_result',
    `The step "${name}" returned something ${exact.problem}. Its result is handed out again after a crash, so return plain JSON; keep what is large among the objects and return its key.`,
  )
}

/** Parsed even when it was just made, so that it is the same now as after a crash. */
function valueOf(result: StepResult): unknown {
  return result === null ? undefined : JSON.parse(result)
}

const runLost = (name: string) =>
  stepError(
    'run_lost',
    `The run has ended or went to another worker while the step "${name}" was under way; its result is not kept.`,
  )

const stepError = (code: string, sentence: string) => new AppError('conflict', code, sentence)
