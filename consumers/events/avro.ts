import avro from 'avsc'
import { messageOf } from '../../lib/errors.ts'
import type { WholeSchema } from './registry.ts'
import { mismatch } from './unreadable.ts'

/** Reads Avro's binary encoding of this schema as JSON has it; `others`: those that it refers to. Throws where this is no schema. */
export function avroReader(text: string, others: WholeSchema['others']): (payload: Uint8Array) => unknown {
  const options = {
    logicalTypes: LOGICAL_TYPES,
    // So that all unions are read in one way; whether one is wrapped depends on its types otherwise.
    wrapUnions: 'always',
    // The types that are named so far.
    registry: {},
  } as Partial<avro.ForSchemaOptions>
  for (const other of others) avro.Type.forSchema(JSON.parse(other.schema) as avro.Schema, options)
  const type = avro.Type.forSchema(JSON.parse(text) as avro.Schema, options)
  return (payload) => {
    try {
      const value: unknown = type.fromBuffer(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength))
      // Of a schema that refers to itself, a value may nest deeper than the stack.
      return asJson(value, true)
    } catch (thrown) {
      throw mismatch(messageOf(thrown), thrown)
    }
  }
}

/** Times as texts. */
const timeOf = (per_ms: number) =>
  class extends avro.types.LogicalType {
    protected override _fromValue(value: number): string {
      return new Date(Math.floor(value / per_ms)).toISOString()
    }
    protected override _toValue(): undefined {
      return undefined
    }
  }
const LOGICAL_TYPES = { 'timestamp-millis': timeOf(1), 'timestamp-micros': timeOf(1000) }

/** Of the event itself, what is null is left out: an optional field is a union with null in Avro. Bytes are base64. */
function asJson(value: unknown, is_event = false): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map((item) => asJson(item))
  if (typeof value !== 'object' || value === null) return value
  if (isBranch(value)) return asJson(value.unwrap())
  const fields = Object.entries(value).filter(([, field]) => !is_event || field !== null)
  return Object.fromEntries(fields.map(([name, field]) => [name, asJson(field)]))
}

/** A value of a union, with its type. */
const isBranch = (value: object): value is { unwrap(): unknown } =>
  'unwrap' in value && !Object.hasOwn(value, 'unwrap') && typeof value.unwrap === 'function'
