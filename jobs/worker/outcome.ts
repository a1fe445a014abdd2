/** How a job ended, in a form that can be stored and read, whatever it returned or threw. */
import type { JSONValue } from 'postgres'
import { AppError, messageOf } from '../../lib/errors.ts'
import type { Text, Translated } from '../../lib/texts.ts'
import { storableJson, storableSentence } from '../../db/engines/postgres/storable.ts'

/** An error that is a string is of the job's own code. `final`: trying again would change nothing. */
export type Outcome = { result: JSONValue } | { error: Text; stack?: string; final?: true }

const MAX_TEXT = 8192
const MAX_RESULT_BYTES = 65_536

export function outcomeOfResult(value: unknown): Outcome {
  const kept = storableJson(value, MAX_RESULT_BYTES)
  return { result: 'json' in kept ? kept.json : { not_kept: kept.problem } }
}

export function outcomeOfThrown(thrown: unknown): Outcome {
  try {
    const stack = thrown instanceof Error ? thrown.stack : undefined
    return {
      error: storableError(errorOf(thrown)),
      ...(typeof stack === 'string' && { stack: storableSentence(stack, MAX_TEXT) }),
      ...(thrown instanceof AppError && thrown.final && { final: true }),
    }
  } catch {
    return { error: UNREADABLE }
  }
}

/** As PostgreSQL takes it, and people read it. */
export const storableError = (error: Text): Text =>
  typeof error === 'string'
    ? storableSentence(error, MAX_TEXT)
    : { en: storableSentence(error.en, MAX_TEXT), pt: storableSentence(error.pt, MAX_TEXT) }

const UNREADABLE: Translated = {
  en: 'It threw something that cannot be read; throw an Error.',
  pt: 'Lançou algo que não pode ser lido; lance um Error.',
}

function errorOf(thrown: unknown): Text {
  if (thrown instanceof AppError) return thrown.detail
  if (thrown instanceof Error || (typeof thrown === 'string' && thrown.trim() !== '')) return messageOf(thrown)
  // Libraries may throw another object with a message.
  const { message } = Object(thrown) as { message?: unknown }
  if (typeof message === 'string' && message !== '') return message
  const shown = storableSentence(Bun.inspect(thrown), 200)
  return {
    en: `It threw ${shown}, which does not say what is wrong; throw an Error.`,
    pt: `Lançou ${shown}, que não diz o que está errado; lance um Error.`,
  }
}
