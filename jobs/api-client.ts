/**
 * Doca's own API as a job sees it. Every call has a deadline for its answer to begin; the job's signal covers the rest.
 * The service user's calls are patient: an API that is busy or restarting is asked again, when it says so.
 */
import { AppError, sentenceOf } from '../lib/errors.ts'
import { NO_ANSWER } from '../lib/network-texts.ts'
import { retryAfter } from '../lib/asked-wait.ts'
import { NO_TRACING, type Tracing } from '../lib/tracing/tracing.ts'
import { askPatiently } from './patience.ts'

export interface ApiClient {
  url: string
  /**
   * GET; any status is an answer. `as`: `service` signs in first and is patient, `scraper` sends METRICS_TOKEN when there
   * is one. Throws AppError api_unreachable, or api_sign_in.
   */
  get(path: string, options: { signal: AbortSignal; as?: 'service' | 'scraper' }): Promise<Response>
}

export interface ApiClientOptions {
  url: string
  username: string
  /** Read when it is needed: it may be a generated secret. */
  password: () => Promise<string>
  metrics_token: string | undefined
  /** Headers of the trace that a call is a part of. */
  carrier?: Tracing['carrier']
  /** For how long the service user's call repeats while the API is away or answers 429 or 503. */
  patience_s?: number
}

const ANSWER_DEADLINE_MS = 10_000
const PATIENCE_S = 120
const FIRST_DELAY_MS = 500
const MAX_DELAY_MS = 15_000
/** A token is renewed so long before it expires. */
const RENEW_BEFORE_MS = 30_000

interface Tokens {
  access_token: string
  refresh_token: string | undefined
  renew_at: number
}

export function createApiClient(options: ApiClientOptions): ApiClient {
  const { url, username, password, metrics_token, patience_s = PATIENCE_S, carrier = NO_TRACING.carrier } = options
  const base = url.replace(/(?<!\/)\/+$/, '')
  // Whoever may read a run reads its error.
  const shown = base.replace(/^(\w+:\/\/)[^/?#]*@/, '$1')
  let tokens: Tokens | undefined

  return {
    url: base,
    async get(path, { signal, as }) {
      if (as !== 'service') return call(path, { headers: bearer(as === 'scraper' ? metrics_token : undefined) }, signal)
      const get = async () => call(path, { headers: bearer(await tokenOf(signal)) }, signal)
      const answer = await patiently(get, signal)
      if (answer.status !== 401) return answer
      // The session has ended early: a password was changed, or an admin signed it out.
      await answer.body?.cancel()
      tokens = undefined
      return patiently(get, signal)
    },
  }

  async function call(path: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
    const late = new AbortController()
    const timer = setTimeout(
      () => late.abort(new AppError('unavailable', 'api_unreachable', NO_ANSWER)),
      ANSWER_DEADLINE_MS,
    )
    try {
      const headers = { ...init.headers, ...carrier() } as Record<string, string>
      return await fetch(base + path, { ...init, headers, signal: AbortSignal.any([signal, late.signal]) })
    } catch (cause) {
      if (signal.aborted) throw signal.reason
      const why = sentenceOf(cause)
      const detail = {
        en: `The API at ${shown} cannot be reached: ${why.en}. Start it with \`bun run api\`, or correct API_URL.`,
        pt: `A API em ${shown} não pode ser alcançada: ${why.pt}. Inicie-a com \`bun run api\`, ou corrija API_URL.`,
      }
      throw new AppError('unavailable', 'api_unreachable', detail, { cause })
    } finally {
      clearTimeout(timer)
    }
  }

  /** Repeats `ask` while the API is away or answers 429 or 503; without patience left, that is the answer. */
  async function patiently(ask: () => Promise<Response>, signal: AbortSignal): Promise<Response> {
    const askOrProblem = () =>
      ask().catch((thrown: unknown) => {
        if (thrown instanceof AppError && thrown.code === 'api_unreachable') return thrown
        throw thrown
      })
    const patience = {
      until: performance.now() + patience_s * 1000,
      first_delay_ms: FIRST_DELAY_MS,
      max_delay_ms: MAX_DELAY_MS,
      waitOf(answer: Response | AppError) {
        if (answer instanceof AppError) return null
        return answer.status === 429 || answer.status === 503 ? retryAfter(answer) : 'final'
      },
      onWait: (answer: Response | AppError) => (answer instanceof Response ? answer.body?.cancel() : undefined),
    }
    const answer = await askPatiently(askOrProblem, patience, signal)
    if (answer instanceof AppError) throw answer
    return answer
  }

  async function tokenOf(signal: AbortSignal): Promise<string> {
    if (!tokens || performance.now() > tokens.renew_at) tokens = (await renewed(signal)) ?? (await signIn(signal))
    return tokens.access_token
  }

  /** null when there is no refresh token, or it is no longer accepted. */
  async function renewed(signal: AbortSignal): Promise<Tokens | null> {
    if (!tokens?.refresh_token) return null
    const answer = await post('/token/refresh', { refresh_token: tokens.refresh_token }, signal)
    return readTokens(answer)
  }

  async function signIn(signal: AbortSignal): Promise<Tokens> {
    const secret = await password()
    const answer = await patiently(() => post('/login', { username, password: secret }, signal), signal)
    const given = await readTokens(answer)
    if (given) return given
    throw new AppError('upstream', 'api_sign_in', {
      en: `The API does not let ${username} sign in (${answer.status}). Give the API and the jobs one DATA_DIR, or set SERVICE_USERNAME and SERVICE_PASSWORD alike for both.`,
      pt: `A API não deixa ${username} entrar (${answer.status}). Use o mesmo DATA_DIR para a API e os jobs, ou defina SERVICE_USERNAME e SERVICE_PASSWORD iguais nos dois.`,
    })
  }

  function post(path: string, body: object, signal: AbortSignal): Promise<Response> {
    const headers = { 'content-type': 'application/json' }
    return call(path, { method: 'POST', headers, body: JSON.stringify(body) }, signal)
  }
}

const bearer = (token: string | undefined): Record<string, string> =>
  token ? { authorization: `Bearer ${token}` } : {}

async function readTokens(answer: Response): Promise<Tokens | null> {
  if (!answer.ok) {
    await answer.body?.cancel()
    return null
  }
  const {
    access_token,
    refresh_token,
    expires_in = 0,
  } = (await answer.json()) as Partial<Record<string, string>> & {
    expires_in?: number
  }
  if (!access_token) return null
  return { access_token, refresh_token, renew_at: performance.now() + expires_in * 1000 - RENEW_BEFORE_MS }
}
