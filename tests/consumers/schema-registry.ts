/** A schema registry as Confluent's answers, as far as readers of messages ask it. */
export interface RegistryStandIn {
  url: string
  /** The id of a schema. */
  register(schema: unknown, schemaType?: string, references?: unknown[]): number
  /** The first version of a subject. */
  name(subject: string, schema: unknown, schemaType?: string, references?: unknown[]): void
  /** What it answers instead, while it is set. */
  answer: (() => Response | Promise<Response>) | undefined
  /** Paths that were asked for, and the last Authorization. */
  asked: string[]
  authorization: string | null
  stop(): void
}

export function startRegistry(): RegistryStandIn {
  const schemas: object[] = []
  const subjects = new Map<string, object>()
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request) {
      const { pathname } = new URL(request.url)
      registry.asked.push(pathname)
      registry.authorization = request.headers.get('authorization')
      if (registry.answer) return registry.answer()
      if (pathname.endsWith('/schemas/types')) return Response.json(['JSON', 'AVRO'])
      const [, subject] = /\/subjects\/([^/]+)\/versions\/1$/.exec(pathname) ?? []
      if (subject !== undefined && subjects.has(decodeURIComponent(subject)))
        return Response.json(subjects.get(decodeURIComponent(subject)))
      const found = schemas[Number(/\/schemas\/ids\/(\d+)$/.exec(pathname)?.[1]) - FIRST_ID]
      const type = { headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' } }
      return found
        ? Response.json(found, type)
        : Response.json({ error_code: 40403, message: 'Schema not found' }, { ...type, status: 404 })
    },
  })
  const registry: RegistryStandIn = {
    url: `http://127.0.0.1:${server.port}`,
    register(schema, schemaType, references) {
      schemas.push(entry(schema, schemaType, references))
      return FIRST_ID + schemas.length - 1
    },
    name(subject, schema, schemaType, references) {
      subjects.set(subject, { subject, version: 1, ...entry(schema, schemaType, references) })
    },
    answer: undefined,
    asked: [],
    authorization: null,
    stop: () => void server.stop(true),
  }
  return registry
}

const FIRST_ID = 100_001

const entry = (schema: unknown, schemaType?: string, references?: unknown[]) => ({
  schema: JSON.stringify(schema),
  ...(schemaType && { schemaType }),
  ...(references && { references }),
})

/** In Confluent's wire format. */
export function framed(schema_id: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(5 + payload.byteLength)
  new DataView(frame.buffer).setUint32(1, schema_id)
  frame.set(payload, 5)
  return frame
}
