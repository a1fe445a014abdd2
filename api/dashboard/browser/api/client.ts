/**
 * The API in the browser: typed by its OpenAPI document, signed in by HttpOnly cookies. An access token that has ended is
 * renewed once for all requests that wait; where that fails, nobody is signed in any more and `onSignedOut` is told.
 */
import createClient from 'openapi-fetch'
import { noteServerTime } from '../clock.ts'
import { chosenLocale } from '../languages.ts'
import { forgetExpiry, noteExpiry } from './renewal.ts'
import type { components, paths } from './schema.d.ts'

export type Schemas = components['schemas']

/** One mistake; in a file with its line and column. */
export interface Mistake {
  path: string
  message: string
  line?: number
  column?: string
}

/** A refusal by the API (RFC 9457), or a request that did not reach it. */
export class Problem extends Error {
  override name = 'Problem'
  constructor(
    readonly status: number,
    readonly code: string,
    /** In the page's language; empty where the API was not reached. */
    detail: string,
    readonly errors: readonly Mistake[] = [],
    readonly retry_after_s: number | null = null,
  ) {
    super(detail)
  }
}

/** The session had ended: after a sign-in it can be tried again. */
export const isSignedOut = (thrown: unknown): boolean => thrown instanceof Problem && thrown.status === 401
export const isOffline = (thrown: unknown): boolean => thrown instanceof Problem && thrown.code === 'offline'

let signedOut = (): void => {}
/** What the person may has changed meanwhile. */
let refused = (): void => {}
export const onRefused = (tell: () => void): void => void (refused = tell)
const CHANGED = ['forbidden', 'password_change_required', 'two_factor_required']

export const onSignedOut = (tell: () => void): void => void (signedOut = tell)
export const tellSignedOut = (): void => signedOut()

let renewing: Promise<boolean> | undefined
/** A tab that renews for another is harmless: a refresh token sent twice within ten seconds is answered alike. */
export function renewSession(): Promise<boolean> {
  renewing ??= sendRenewal().finally(() => (renewing = undefined))
  return renewing
}

async function sendRenewal(): Promise<boolean> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
  const answer = await fetch('/token/refresh', init)
  await noteSession(answer)
  if (answer.status === 401) forgetExpiry()
  return answer.ok
}

/** Of an answer that may have begun a session in cookies. */
async function noteSession(answer: Response): Promise<void> {
  if (!answer.ok) return
  const { expires_in, token_type } = (await answer.clone().json()) as Partial<Schemas['CookieSession']>
  if (token_type === 'Cookie' && expires_in) noteExpiry(expires_in)
}

async function fetchInSession(request: Request): Promise<Response> {
  request.headers.set('accept', 'application/json')
  request.headers.set('accept-language', chosenLocale())
  const again = request.clone()
  const answer = await fetch(request)
  noteServerTime(answer.headers.get('date'))
  if (SIGN_IN.includes(new URL(request.url).pathname)) await noteSession(answer)
  if (answer.status !== 401 || !(await lacksSession(answer))) return answer
  if (await renewSession()) return fetch(again)
  signedOut()
  return answer
}

/** A wrong password or code is a 401, too. */
const lacksSession = async (answer: Response): Promise<boolean> =>
  ((await answer.clone().json()) as Partial<Schemas['Problem']>).code === 'unauthorized'

/** Begin a session. */
const SIGN_IN = ['/login', '/2fa/verify', '/first-password']

const client = createClient<paths>({ baseUrl: location.origin, fetch: fetchInSession })

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The data of an answer. Throws Problem. */
export async function ask<T>(call: (api: typeof client) => Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call(client).catch((thrown: unknown) => {
    if (thrown instanceof TypeError) throw new Problem(0, 'offline', '')
    throw thrown
  })
  if (response.ok) return data as T
  throw problemOf(response.status, error, response.headers.get('retry-after'))
}

/** Of an answer that refuses. */
export function problemOf(status: number, body: unknown, retry_after: string | null): Problem {
  const {
    code = 'unknown',
    detail = '',
    errors,
  } = (body ?? {}) as Partial<Schemas['Problem']> & { errors?: Problem['errors'] }
  if (CHANGED.includes(String(code))) refused()
  return new Problem(status, String(code), String(detail), errors, Number(retry_after) || null)
}
