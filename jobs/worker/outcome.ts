/** How a job ended, in a form that can be stored and read, whatever it returned or threw. */
import type { JSONValue } from 'postgres'
import { AppError, messageOf } from '../../lib/errors.ts'
import { storableJson, storableText } from '../../db/engines/postgres/storable.ts'

/** `final`: trying again would change nothing. */
export type Outcome = { result: JSONValue } | { error: string; stack?: string; final?: true }

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
      error: storableText(sentenceOf(thrown), MAX_TEXT),
      ...(typeof stack === 'string' && { stack: storableText(stack, MAX_TEXT) }),
      ...(thrown instanceof AppError && thrown.final && { final: true }),
    }
  } catch {
    return { error: 'It threw something that cannot be read; throw an Error.' }
  }
}

function sentenceOf(thrown: unknown): string {
  if (thrown instanceof Error || (typeof thrown === 'string' && thrown.trim() !== '')) return messageOf(thrown)
  // Libraries may throw another object with a message.
  const { message } = Object(thrown) as { message?: unknown }
  if (typeof message === 'string' && message !== '') return message
  return `It threw ${storableText(Bun.inspect(thrown), 200)}, which does not say what is wrong; throw an Error.`
}
