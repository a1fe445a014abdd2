/** A schema registry in Confluent's sense, as far as a reader asks it. */
import { AppError, sentenceOf } from '../../lib/errors.ts'

const DEADLINE_MS = 5_000
/** Far more than any schema in use refers to. */
const MAX_REFERENCES = 100

export interface RegisteredSchema {
  schema: string
  /** Absent: Avro. */
  schemaType?: string
  references?: Reference[]
}

/** `name`: what the schema calls the other. */
interface Reference {
  name: string
  subject: string
  version: number
}

/** With those that it refers to, each before those that refer to it. */
export interface WholeSchema extends RegisteredSchema {
  others: Array<{ name: string; schema: string }>
}

/** The registry answers, and what it has cannot be used. */
export class Unusable extends Error {}

/** Asks for the schema of an id; undefined where there is none. Throws Unusable, or AppError where the registry does not answer. */
export function openRegistry(url: string): (id: number, signal: AbortSignal) => Promise<WholeSchema | undefined> {
  const { base, headers } = registryAddress(url)

  return async (id, leaving) => {
    try {
      const found = await ask(`schemas/ids/${id}`, leaving)
      if (!found) return undefined
      const others = new Map<string, string>()
      await follow(found, others, new Set(), leaving)
      return { ...found, others: [...others].map(([name, schema]) => ({ name, schema })) }
    } catch (cause) {
      leaving.throwIfAborted()
      if (cause instanceof Unusable) throw cause
      const why = sentenceOf(cause)
      const detail = {
        en: `The schema registry does not tell schema ${id}: ${why.en}.`,
        pt: `O registro de esquemas não informa o esquema ${id}: ${why.pt}.`,
      }
      throw new AppError('unavailable', 'schema_registry_unavailable', detail, { cause })
    }
  }

  /** Depth first, so that each comes behind those that it refers to. */
  async function follow(
    { references = [] }: RegisteredSchema,
    others: Map<string, string>,
    asked: Set<string>,
    leaving: AbortSignal,
  ): Promise<void> {
    for (const { name, subject, version } of references) {
      if (asked.has(name)) continue
      if (asked.size >= MAX_REFERENCES) throw new Unusable(`it refers to more than ${MAX_REFERENCES} others.`)
      asked.add(name)
      const path = `subjects/${encodeURIComponent(subject)}/versions/${Number(version)}`
      const other = await ask(path, leaving)
      if (!other) throw new Unusable(`it refers to ${path}, which the registry does not have.`)
      await follow(other, others, asked, leaving)
      others.set(name, other.schema)
    }
  }

  async function ask(path: string, leaving: AbortSignal): Promise<RegisteredSchema | undefined> {
    const signal = AbortSignal.any([leaving, AbortSignal.timeout(DEADLINE_MS)])
    const answer = await fetch(base + path, { headers, signal, redirect: 'error' })
    if (answer.status === 404) {
      const { error_code } = (await answer.json()) as { error_code?: unknown }
      // Without one of these codes it is another server's, or another path's, 404.
      if (NOT_FOUND.has(error_code)) return undefined
    }
    if (!answer.ok) throw new Error(`it answered ${answer.status}`)
    const body = (await answer.json()) as RegisteredSchema
    if (typeof body?.schema !== 'string') throw new Error('its answer holds no schema')
    return body
  }
}

/** Subject, version and schema. */
const NOT_FOUND = new Set<unknown>([40401, 40402, 40403])

/** Where a registry is asked, and as whom. */
export function registryAddress(url: string): { base: string; headers: Record<string, string> } {
  const { username, password, origin, pathname } = new URL(url)
  const accept = 'application/vnd.schemaregistry.v1+json, application/json'
  const secret = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const authorization = username === '' ? {} : { authorization: `Basic ${Buffer.from(secret).toString('base64')}` }
  return { base: origin + (pathname.endsWith('/') ? pathname : `${pathname}/`), headers: { accept, ...authorization } }
}
