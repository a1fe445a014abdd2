/** A signed-in client of the public API; an error answer throws with the problem's sentence. */
import { messageOf } from '../../lib/errors.ts'
import type { Locale } from '../../lib/texts.ts'

type Answer = Record<string, unknown>

export interface ApiClient {
  json(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  send(method: string, path: string, body: string | FormData, content_type?: string): Promise<Answer>
  /** Every item of a list, page after page. */
  all<Item>(path: string): Promise<Item[]>
}

const DEADLINE_MS = 30_000
const LOOK_MS = 400

export async function apiClient(
  url: string,
  { username, password, locale }: { username: string; password: string; locale: Locale },
): Promise<ApiClient> {
  let token = ''
  async function ask(method: string, path: string, init: RequestInit, more: Record<string, string>): Promise<Answer> {
    const headers: Record<string, string> = { 'accept-language': locale, ...more }
    if (token) headers.authorization = `Bearer ${token}`
    const signal = AbortSignal.timeout(DEADLINE_MS)
    const answer = await fetch(url + path, { method, headers, signal, ...init }).catch((cause) => {
      throw new Error(`${url} does not answer (${messageOf(cause)}); start it with \`bun run up\`.`)
    })
    const text = await answer.text()
    const content = (text === '' ? {} : JSON.parse(text)) as Answer
    if (answer.ok) return content
    const [first] = (content.errors ?? []) as Array<{ path: string; message: string }>
    const reason = `${String(content.detail ?? answer.status)}${first ? ` ${first.path} ${first.message}` : ''}`
    throw new Error(`${method} ${path}: ${reason}`)
  }
  const json: ApiClient['json'] = (method, path, body, headers = {}) =>
    body === undefined
      ? ask(method, path, {}, headers)
      : ask(method, path, { body: JSON.stringify(body) }, { 'content-type': 'application/json', ...headers })

  const { access_token, requires_2fa } = await json('POST', '/login', { username, password })
  if (requires_2fa)
    throw new Error(
      `${username} signs in with a code; give the demo a user of its own: \`bun run admin user add demo --role admin --keep-password\`.`,
    )
  token = String(access_token)
  return {
    json,
    send: (method, path, body, content_type) =>
      ask(method, path, { body }, content_type ? { 'content-type': content_type } : {}),
    async all<Item>(path: string) {
      const items: Item[] = []
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: { items: Item[]; next_cursor: string | null } = (await json(
          'GET',
          `${path}${path.includes('?') ? '&' : '?'}limit=100${cursor && `&cursor=${cursor}`}`,
        )) as never
        items.push(...page.items)
        cursor = page.next_cursor
      }
      return items
    },
  }
}

/** Asks again and again until the answer is truthy. */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  longest_s = DEADLINE_MS / 1000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + longest_s * 1000
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > deadline) throw new Error(`Waited ${longest_s} s in vain for ${what}; are all programs running?`)
    await Bun.sleep(LOOK_MS)
  }
}
