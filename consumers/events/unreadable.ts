import type { FailureReason } from '../../db/events/failed-message.ts'
import { messageOf } from '../../lib/errors.ts'

/** The bytes say nothing that could be an event, and never will. */
export class Unreadable extends Error {
  constructor(
    readonly reason: FailureReason,
    detail: string,
    cause?: unknown,
  ) {
    super(detail, { cause })
  }
}

export const mismatch = (why: string, cause?: unknown) =>
  new Unreadable('schema_mismatch', `Its schema does not describe it: ${why}`, cause)

/** Throws Unreadable. */
export function readJson(value: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(value))
  } catch (thrown) {
    throw new Unreadable('not_json', `It is not JSON in UTF-8: ${messageOf(thrown)}`, thrown)
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
