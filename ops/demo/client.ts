/** A signed-in client of the public API; an error answer throws with the problem's sentence. */
import { messageOf } from '../../lib/errors.ts'

type Answer = Record<string, unknown>

export interface ApiClient {
  json(method: string, path: string, body?: unknown): Promise<Answer>
  send(method: string, path: string, body: string | FormData, content_type?: string): Promise<Answer>
}

const DEADLINE_MS = 30_000

export async function apiClient(url: string, username: string, password: string): Promise<ApiClient> {
  let token = ''
  async function send(method: string, path: string, body?: string | FormData, content_type?: string): Promise<Answer> {
    // A command line speaks English, whatever LOCALE is.
    const headers: Record<string, string> = { 'accept-language': 'en' }
    if (token) headers.authorization = `Bearer ${token}`
    if (content_type) headers['content-type'] = content_type
    const init = { method, headers, signal: AbortSignal.timeout(DEADLINE_MS), ...(body !== undefined && { body }) }
    const answer = await fetch(url + path, init).catch((cause) => {
      throw new Error(`${url} does not answer (${messageOf(cause)}); start it with \`bun run up\`.`)
    })
    const content = (await answer.json()) as Answer
    if (answer.ok) return content
    const [first] = (content.errors ?? []) as Array<{ path: string; message: string }>
    const reason = `${String(content.detail ?? answer.status)}${first ? ` ${first.path} ${first.message}` : ''}`
    throw new Error(`${method} ${path}: ${reason}`)
  }
  const json = (method: string, path: string, body?: unknown) =>
    body === undefined ? send(method, path) : send(method, path, JSON.stringify(body), 'application/json')

  const { access_token, requires_2fa } = await json('POST', '/login', { username, password })
  if (requires_2fa)
    throw new Error(
      `${username} signs in with a code; give the demo a user of its own: \`bun run admin user add demo --role operator --keep-password\`.`,
    )
  token = String(access_token)
  return { json, send }
}

/** Asks again every 200 ms until the answer is truthy, for 30 s. */
export async function until<T>(what: string, ask: () => Promise<T>): Promise<NonNullable<T>> {
  const deadline = Date.now() + DEADLINE_MS
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > deadline)
      throw new Error(`Waited ${DEADLINE_MS / 1000} s in vain for ${what}; are all programs running?`)
    await Bun.sleep(200)
  }
}
