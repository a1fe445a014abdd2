/** Events as a source of dead letters. Nothing but the letters knows what becomes of them: the ledger has what was passed on alone. */
import { Type } from '@sinclair/typebox'
import type { FieldValue, LetterSource } from '../dead-letters/source.ts'
import { MEANING } from '../../lib/validation-texts.ts'
import { EVENT_KINDS, eventInput } from './event.ts'
import { EVENTS_SOURCE, isReadable } from './deaths.ts'

const { sku, quantity } = eventInput.properties

/** What a wrong event is wrong in; its id stays, and so do its time and its data, which are facts of whoever sent it. */
const editable = Type.Object({
  sku,
  kind: Type.String({
    pattern: `^(${EVENT_KINDS.join('|')})$`,
    description: `One of ${EVENT_KINDS.join(', ')}.`,
    [MEANING]: { en: `one of ${EVENT_KINDS.join(', ')}`, pt: `um destes: ${EVENT_KINDS.join(', ')}` },
  }),
  quantity,
})

export const eventsLetters = {
  name: EVENTS_SOURCE,
  isReadable,
  editable,
  readFields(body) {
    const json = readObject(body)
    return json && { sku: shown(json.sku), kind: shown(json.kind), quantity: shown(json.quantity) }
  },
  withFields: (body, fields) => new TextEncoder().encode(JSON.stringify({ ...readObject(body), ...fields })),
  async binned() {},
  async restored() {},
  async replayed() {},
} satisfies LetterSource

/** Null where it is no JSON, e.g. Avro. */
export function readObject(body: Uint8Array): Record<string, unknown> | null {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    return typeof json === 'object' && !Array.isArray(json) ? (json as Record<string, unknown>) : null
  } catch {
    return null
  }
}

/** An event that is not valid may have anything in a field. */
const shown = (value: unknown): FieldValue =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : ''
