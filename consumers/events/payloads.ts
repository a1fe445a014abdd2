/**
 * What the bytes of a message say: JSON in UTF-8, or Confluent's wire format, which is a zero byte, the id of a schema in four bytes,
 * and the payload in Avro, or in JSON that a JSON Schema describes. The schemas are in a registry.
 */
import type { StoredMessage } from '../../db/engines/stream/stream.ts'
import type { Schema } from './schemas.ts'
import { readJson, Unreadable } from './unreadable.ts'

/** Throws Unreadable. */
export type ReadPayload = (value: Uint8Array) => unknown

const MAGIC = 0
const FRAME_BYTES = 5
/** A topic of garbage may name another schema in each message; a registry limits how fast it may be asked. */
const ASKED_AT_ONCE = 20

/**
 * Makes a reader of a batch's messages; the schemas that they name are asked for once. Throws AppError where the registry is away,
 * and the batch may come again.
 */
export function createPayloads(registry_url: string | undefined) {
  // The readers of Avro and JSON Schema take 20 MB, which a consumer of plain JSON need not have.
  const schemas =
    registry_url === undefined
      ? undefined
      : import('./schemas.ts').then(({ createSchemas }) => createSchemas(registry_url))

  return async (messages: Array<Pick<StoredMessage, 'value'>>, signal: AbortSignal): Promise<ReadPayload> => {
    const ids = [...new Set(messages.flatMap(({ value }) => schemaIdOf(value) ?? []))]
    const known = new Map<number, Schema | Unreadable>()
    const ask = await schemas
    for (let at = 0; ask && at < ids.length; at += ASKED_AT_ONCE) {
      const some = ids.slice(at, at + ASKED_AT_ONCE)
      await Promise.all(some.map(async (id) => known.set(id, await ask(id, signal))))
    }
    return (value) => {
      const id = schemaIdOf(value)
      if (id === undefined) return readJson(value)
      const schema = known.get(id)
      if (schema instanceof Unreadable) throw schema
      if (!schema)
        throw new Unreadable(
          'registry_missing',
          `It is in Confluent's wire format, with schema ${id}, which cannot be read here: SCHEMA_REGISTRY_URL is not set.`,
        )
      return schema(value.subarray(FRAME_BYTES))
    }
  }
}

/** Undefined for JSON, which never begins with a zero byte. */
function schemaIdOf(value: Uint8Array | null): number | undefined {
  if (value?.[0] !== MAGIC || value.byteLength < FRAME_BYTES) return undefined
  return new DataView(value.buffer, value.byteOffset).getUint32(1)
}
