/** A client of the published port, which outlives an outage as a patient person would: it tries again what was refused. */
import { eventually } from './eventually.ts'

type Answer = Record<string, unknown>

export interface Api {
  signIn(username: string, password: string): Promise<void>
  /** Again until it succeeds, as long as the reason is on their side. */
  insist(method: string, path: string, body?: unknown): Promise<Answer>
  upload(name: string, workbook: Uint8Array): Promise<Answer>
  bytes(path: string): Promise<Uint8Array>
}

const PATIENCE_MS = 90_000
const DEADLINE_MS = 30_000

export function apiFromOutside(url: string): Api {
  let token = ''
  const call = (method: string, path: string, body?: string | Blob, headers: Record<string, string> = {}) =>
    fetch(url + path, {
      method,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
      signal: AbortSignal.timeout(DEADLINE_MS),
      ...(body !== undefined && { body }),
    })
  /** A repeated try with the same key does nothing twice. */
  const callJson = (method: string, path: string, body: unknown, key: string) =>
    body === undefined
      ? call(method, path)
      : call(method, path, JSON.stringify(body), { 'content-type': 'application/json', 'idempotency-key': key })

  /** No connection, 429 and 5xx pass; anything else is said at once. */
  function insistent(what: string, ask: () => Promise<Response>): Promise<Response> {
    let last = ''
    return eventually(
      `${what} to succeed`,
      PATIENCE_MS,
      async () => {
        const answer = await ask().catch((thrown) => void (last = String(thrown)))
        if (!answer || answer.ok) return answer ?? false
        last = `${answer.status} ${await answer.text()}`
        if (answer.status !== 429 && answer.status < 500) throw new Error(`${what}: ${last}`)
        return false
      },
      async () => last,
    )
  }

  async function insist(method: string, path: string, body?: unknown): Promise<Answer> {
    const key = crypto.randomUUID()
    return (await (await insistent(`${method} ${path}`, () => callJson(method, path, body, key))).json()) as Answer
  }

  return {
    insist,
    async signIn(username, password) {
      token = ''
      token = String((await insist('POST', '/login', { username, password })).access_token)
    },
    async upload(name, workbook) {
      const headers = { 'content-type': 'application/octet-stream', 'idempotency-key': crypto.randomUUID() }
      const body = new Blob([workbook as Uint8Array<ArrayBuffer>])
      const send = () => call('POST', `/charts?name=${name}`, body, headers)
      return (await (await insistent(`upload of ${name}`, send)).json()) as Answer
    },
    bytes: async (path) => (await insistent(`GET ${path}`, () => call('GET', path))).bytes(),
  }
}
