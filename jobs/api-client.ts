/** Doca's own API as a job sees it. Every call has a deadline for its answer to begin; the job's signal covers the rest. */
import { AppError, messageOf } from '../lib/errors.ts'

export interface ApiClient {
  url: string
  /**
   * GET; any status is an answer. `as`: `service` signs in first, `scraper` sends METRICS_TOKEN when there is one.
   * Throws AppError api_unreachable, or api_sign_in.
   */
  get(path: string, options: { signal: AbortSignal; as?: 'service' | 'scraper' }): Promise<Response>
}

export interface ApiClientOptions {
  url: string
  username: string
  /** Asked for when it is needed: it may be a generated secret. */
  password: () => Promise<string>
  metrics_token: string | undefined
}

const ANSWER_DEADLINE_MS = 10_000

export function createApiClient({ url, username, password, metrics_token }: ApiClientOptions): ApiClient {
  const base = url.replace(/\/+$/, '')

  async function call(path: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(new Error('no answer in time')), ANSWER_DEADLINE_MS)
    try {
      return await fetch(base + path, { ...init, signal: AbortSignal.any([signal, late.signal]) })
    } catch (cause) {
      if (signal.aborted) throw signal.reason
      throw new AppError(
        'api_unreachable',
        503,
        `The API at ${base} cannot be reached: ${messageOf(cause)}. Start it with \`bun run api\`, or correct API_URL.`,
        { cause },
      )
    } finally {
      clearTimeout(timer)
    }
  }

  async function signIn(signal: AbortSignal): Promise<string> {
    const body = JSON.stringify({ username, password: await password() })
    const headers = { 'content-type': 'application/json' }
    const answer = await call('/login', { method: 'POST', headers, body }, signal)
    const { access_token } = answer.ok ? ((await answer.json()) as { access_token?: string }) : {}
    if (access_token) return access_token
    throw new AppError(
      'api_sign_in',
      answer.status,
      `The API does not let ${username} sign in (${answer.status}). Give the API and the jobs one DATA_DIR, ` +
        'or set SERVICE_USERNAME and SERVICE_PASSWORD alike for both.',
    )
  }

  return {
    url: base,
    async get(path, { signal, as }) {
      const token = as === 'service' ? await signIn(signal) : as === 'scraper' ? metrics_token : undefined
      return call(path, { headers: token ? { authorization: `Bearer ${token}` } : {} }, signal)
    },
  }
}
