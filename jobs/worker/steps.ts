/**
 * Durable steps. A finished step's result is stored with the run; later attempts get it back without doing the step again.
 * A step that was under way is done again, with the same idempotency key; a `step.tx` is not, since its effect and its
 * result are one transaction.
 */
import type { Sql } from 'postgres'
import type { HeldAttempt } from '../../db/jobs/runs.ts'
import { readStep, saveStep, type StepResult } from '../../db/jobs/run-steps.ts'
import { AppError, sentenceOf } from '../../lib/errors.ts'
import { joined, type Translated } from '../../lib/texts.ts'
import { NO_TRACING, type SpanStart, type Tracing } from '../../lib/tracing/tracing.ts'
import type { Step, StepContext } from '../job.ts'
import { exactJson } from './exact-json.ts'

export const MAX_STEP_BYTES = 1_048_576
const MAX_NAME = 200
const MAX_MAP = 10_000
const MAP_LIMIT = 4
/** Failures of a map that its error quotes. */
const MAX_QUOTED = 5

/** Stores results: in the database, or for an isolated attempt through the worker that started it. */
export interface StepStore {
  read(name: string): Promise<{ result: StepResult } | undefined>
  /** False when the run is no longer this attempt's. `began_at`: in milliseconds since 1970. */
  save(name: string, result: StepResult, began_at: number): Promise<boolean>
}

export function storeIn(
  sql: Sql,
  held: HeldAttempt,
  retryUntilAborted: <T>(call: () => PromiseLike<T>) => Promise<T>,
): StepStore {
  return {
    read: (name) => retryUntilAborted(() => readStep(sql, held.run_id, name)),
    save(name, result, began_at) {
      const took_ms = Math.max(0, Date.now() - began_at)
      return retryUntilAborted(() => saveStep(sql, held, name, result, took_ms))
    },
  }
}

/** `sql` is asked for its pool only when a `step.tx` needs it. */
export function createStep(
  held: HeldAttempt,
  store: StepStore,
  sql: () => Sql,
  signal: AbortSignal,
  tracing: Tracing = NO_TRACING,
): Step {
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
      throw stepError('step_name', {
        en: `A step's name is a text of 1 to ${MAX_NAME} characters, not ${Bun.inspect(name)}.`,
        pt: `O nome de um passo é um texto de 1 a ${MAX_NAME} caracteres, e não ${Bun.inspect(name)}.`,
      })
    if (used.has(name)) throw repeated(name)
    used.add(name)
    signal.throwIfAborted()
    return { idempotency_key: Bun.randomUUIDv5(name, held.run_id) }
  }

  async function step<T>(name: string, fn: (context: StepContext) => Promise<T> | T): Promise<T> {
    const context = begin(name)
    // A first attempt has none.
    const finished = held.attempt === 1 ? undefined : await store.read(name)
    if (finished) return valueOf(finished.result) as T
    const began_at = Date.now()
    const result = await tracing.span(stepSpan(name), async () => resultOf(name, await fn(context)))
    if (!(await store.save(name, result, began_at))) throw runLost(name)
    return valueOf(result) as T
  }

  const tx: Step['tx'] = async (name, fn) => {
    const context = begin(name)
    type Value = Awaited<ReturnType<typeof fn>>
    const began_ms = performance.now()
    const work = () =>
      sql().begin(async (transaction) => {
        const finished = held.attempt === 1 ? undefined : await readStep(transaction, held.run_id, name)
        if (finished) return valueOf(finished.result)
        const result = resultOf(name, await fn(transaction, context))
        // Last, since a lock on the run keeps its lease from being renewed.
        if (!(await saveStep(transaction, held, name, result, performance.now() - began_ms))) throw runLost(name)
        return valueOf(result)
      })
    return (await tracing.span(stepSpan(name), work)) as Value
  }

  const map: Step['map'] = async (name, list, fn, options = {}) => {
    const { limit = MAP_LIMIT, key = (_: unknown, index: number) => index } = options
    if (!Array.isArray(list) || list.length > MAX_MAP || !Number.isInteger(limit) || limit < 1)
      throw stepError('step_map', {
        en: `step.map("${name}") takes a list of at most ${MAX_MAP} elements and a limit from 1 on.`,
        pt: `step.map("${name}") recebe uma lista de no máximo ${MAX_MAP} elementos e um limit a partir de 1.`,
      })
    const names = list.map((item, index) => `${name}[${key(item, index)}]`)
    const seen = new Set<string>()
    const twice = names.find((own) => seen.size === seen.add(own).size)
    if (twice !== undefined) throw repeated(twice)
    const results: Awaited<ReturnType<typeof fn>>[] = []
    const failures: unknown[] = []
    let next = 0
    async function workThrough(): Promise<void> {
      while (next < list.length) {
        const i = next++
        try {
          results[i] = await step(names[i]!, (context) => fn(list[i]!, context))
        } catch (thrown) {
          if (signal.aborted || isLost(thrown)) {
            next = list.length
            throw thrown
          }
          failures[i] = thrown
        }
      }
    }
    await Promise.all(Array.from({ length: Math.min(limit, list.length) }, workThrough))
    if (failures.length > 0) throw mapError(name, names, failures)
    return results
  }

  return Object.assign(step, { tx, map })
}

/** The elements of a map have the map's name. */
export const stepSpan = (name: string): SpanStart => ({
  name: `step ${name.split('[', 1)[0]}`,
  kind: 'internal',
  attributes: { 'doca.step': name },
})

/** `failures` by the element's number; most have none. */
function mapError(name: string, names: string[], failures: unknown[]): AppError {
  const failed = names.flatMap((own, i) => (i in failures ? [{ own, thrown: failures[i] }] : []))
  const quoted = failed.slice(0, MAX_QUOTED).map(({ own, thrown }) => {
    const why = sentenceOf(thrown)
    return { en: `${own}: ${why.en}`, pt: `${own}: ${why.pt}` }
  })
  const left = failed.length - quoted.length
  const list = joined(left > 0 ? [...quoted, { en: `and ${left} more`, pt: `e mais ${left}` }] : quoted, '; ')
  const sentence = {
    en: `${failed.length} of the ${names.length} elements of the step "${name}" failed: ${list.en}.`,
    pt: `${failed.length} dos ${names.length} elementos do passo "${name}" falharam: ${list.pt}.`,
  }
  const final = failed.every(({ thrown }) => thrown instanceof AppError && thrown.final)
  return new AppError('internal', 'step_map_failed', sentence, { cause: failed[0]!.thrown, final })
}

const isLost = (thrown: unknown) => thrown instanceof AppError && thrown.code === 'run_lost'

function resultOf(name: string, value: unknown): StepResult {
  const exact = exactJson(value, MAX_STEP_BYTES)
  if ('text' in exact) return exact.text
  throw stepError('step_result', {
    en: `The step "${name}" returned something ${exact.problem.en}. Its result is handed out again after a crash, so return plain JSON; keep what is large among the objects and return its key.`,
    pt: `O passo "${name}" retornou algo ${exact.problem.pt}. O resultado é entregue de novo depois de uma queda: retorne JSON simples; guarde o que é grande entre os objetos e retorne a chave.`,
  })
}

/** Parsed even when it was just made, so that it is the same now as after a crash. */
function valueOf(result: StepResult): unknown {
  return result === null ? undefined : JSON.parse(result)
}

const repeated = (name: string) =>
  stepError('step_repeated', {
    en: `The step "${name}" is used twice in one attempt; give each step a name of its own.`,
    pt: `O passo "${name}" é usado duas vezes na mesma tentativa; dê a cada passo um nome próprio.`,
  })

const runLost = (name: string) =>
  stepError('run_lost', {
    en: `The run has ended or went to another worker while the step "${name}" was under way; its result is not kept.`,
    pt: `A execução terminou ou foi para outro worker enquanto o passo "${name}" estava em andamento; o resultado dele não é guardado.`,
  })

const stepError = (code: string, sentence: Translated) => new AppError('conflict', code, sentence)
