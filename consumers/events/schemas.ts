/** The schemas of a registry in Confluent's sense, as readers of payloads. A schema never changes under its id, so each is asked for once. */
import { AppError, sentenceOf } from '../../lib/errors.ts'
import { avroReader } from './avro.ts'
import { jsonSchemaReader } from './json-schema.ts'
import { Unreadable } from './unreadable.ts'

/** Throws Unreadable. */
export type Schema = (payload: Uint8Array) => unknown

const DEADLINE_MS = 5_000
/** A registry would have to answer with more than any schema in use. */
const MAX_KEPT = 1_000

interface RegisteredSchema {
  schema: string
  /** Absent: Avro. */
  schemaType?: string
  references?: unknown[]
}

/** The schema of an id, or why there is none; throws AppError where the registry does not answer. */
export function createSchemas(url: string): (id: number, signal: AbortSignal) => Promise<Schema | Unreadable> {
  const { base, headers } = registryAddress(url)
  const kept = new Map<number, Schema | Unreadable>()

  return async (id, signal) => {
    const known = kept.get(id)
    if (known) return known
    const registered = await ask(id, signal)
    // It may be registered by the time that the message is replayed.
    if (!registered) return new Unreadable('schema_unknown', `The schema registry has no schema ${id}.`)
    const schema = schemaOf(id, registered)
    if (kept.size >= MAX_KEPT) kept.clear()
    kept.set(id, schema)
    return schema
  }

  async function ask(id: number, leaving: AbortSignal): Promise<RegisteredSchema | undefined> {
    const signal = AbortSignal.any([leaving, AbortSignal.timeout(DEADLINE_MS)])
    try {
      const answer = await fetch(`${base}schemas/ids/${id}`, { headers, signal, redirect: 'error' })
      if (answer.status === 404) {
        const { error_code } = (await answer.json()) as { error_code?: unknown }
        // Without this code it is another server's, or another path's, 404.
        if (error_code === SCHEMA_NOT_FOUND) return undefined
      }
      if (!answer.ok) throw new Error(`it answered ${answer.status}`)
      const body = (await answer.json()) as RegisteredSchema
      if (typeof body?.schema !== 'string') throw new Error('its answer holds no schema')
      return body
    } catch (cause) {
      leaving.throwIfAborted()
      const why = sentenceOf(cause)
      const detail = {
        en: `The schema registry does not tell schema ${id}: ${why.en}.`,
        pt: `O registro de esquemas não informa o esquema ${id}: ${why.pt}.`,
      }
      throw new AppError('unavailable', 'schema_registry_unavailable', detail, { cause })
    }
  }
}

const SCHEMA_NOT_FOUND = 40403

function schemaOf(id: number, { schema, schemaType = 'AVRO', references = [] }: RegisteredSchema): Schema | Unreadable {
  const unsupported = (why: string, cause?: unknown) =>
    new Unreadable('schema_unsupported', `Schema ${id} cannot be used: ${why}`, cause)
  if (references.length > 0) return unsupported('it refers to other schemas.')
  try {
    if (schemaType === 'AVRO') return avroReader(schema)
    if (schemaType === 'JSON') return jsonSchemaReader(schema)
  } catch (thrown) {
    return unsupported(sentenceOf(thrown).en, thrown)
  }
  return unsupported(`it is of the type ${String(schemaType).slice(0, 40)}; Avro and JSON Schema are read.`)
}

/** Where a registry is asked, and as whom. */
export function registryAddress(url: string): { base: string; headers: Record<string, string> } {
  const { username, password, origin, pathname } = new URL(url)
  const accept = 'application/vnd.schemaregistry.v1+json, application/json'
  const secret = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const authorization = username === '' ? {} : { authorization: `Basic ${Buffer.from(secret).toString('base64')}` }
  return { base: origin + (pathname.endsWith('/') ? pathname : `${pathname}/`), headers: { accept, ...authorization } }
}
