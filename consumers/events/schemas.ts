/** The schemas of a registry as readers of payloads. A schema never changes under its id, so each is asked for once. */
import { messageOf } from '../../lib/errors.ts'
import { avroReader } from './avro.ts'
import { jsonSchemaReader } from './json-schema.ts'
import { openRegistry, Unusable, type WholeSchema } from './registry.ts'
import { Unreadable } from './unreadable.ts'

/** Throws Unreadable. */
export type Schema = (payload: Uint8Array) => unknown

/** More than any system has in use. */
const MAX_KEPT = 1_000
/** So that a batch that comes again does not ask for all of them again. */
const UNKNOWN_MS = 60_000
const MAX_UNKNOWN = 10_000
/** A registry's ids are Java's int; it answers as if the path were wrong for a larger one. */
const MAX_ID = 2 ** 31 - 1

/** The schema of an id, or why there is none; throws AppError where the registry does not answer. `now`: in milliseconds. */
export function createSchemas(
  url: string,
  now: () => number = () => performance.now(),
): (id: number, signal: AbortSignal) => Promise<Schema | Unreadable> {
  const registered = openRegistry(url)
  const kept = new Map<number, Schema | Unreadable>()
  /** When the registry said so. */
  const unknown_since = new Map<number, number>()

  return async (id, signal) => {
    const known = kept.get(id)
    if (known) return known
    if (id > MAX_ID || now() - (unknown_since.get(id) ?? -Infinity) < UNKNOWN_MS) return unknown(id)
    const found = await registered(id, signal).catch(whyUnusable)
    if (found instanceof Unusable) return unsupported(id, found.message)
    if (!found) {
      if (unknown_since.size >= MAX_UNKNOWN) unknown_since.clear()
      // It may be registered by the time that the message is replayed.
      unknown_since.set(id, now())
      return unknown(id)
    }
    const schema = schemaOf(id, found)
    if (kept.size >= MAX_KEPT) kept.clear()
    kept.set(id, schema)
    return schema
  }
}

function schemaOf(id: number, { schema, schemaType = 'AVRO', others }: WholeSchema): Schema | Unreadable {
  try {
    if (schemaType === 'AVRO') return avroReader(schema, others)
    if (schemaType === 'JSON') return jsonSchemaReader(schema, others)
  } catch (thrown) {
    return unsupported(id, messageOf(thrown), thrown)
  }
  return unsupported(id, `it is of the type ${String(schemaType).slice(0, 40)}; Avro and JSON Schema are read.`)
}

const unknown = (id: number) => new Unreadable('schema_unknown', `The schema registry has no schema ${id}.`)

const unsupported = (id: number, why: string, cause?: unknown) =>
  new Unreadable('schema_unsupported', `Schema ${id} cannot be used: ${why}`, cause)

function whyUnusable(thrown: unknown): Unusable {
  if (thrown instanceof Unusable) return thrown
  throw thrown
}
