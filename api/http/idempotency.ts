/**
 * Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a client that does not know whether its POST arrived repeats
 * it with the same key, and gets the first answer again. The key with another request is refused (422), and so is one whose
 * request still runs (409). Keys belong to their user and are kept for a day. A request that changed nothing leaves its key
 * free, so that it may be corrected.
 */
import type { Sql } from 'postgres'
import {
  claimKey,
  endLease,
  releaseKey,
  storeAnswer,
  type KeyClaim,
  type KeyedRequest,
  type StoredAnswer,
} from '../../db/idempotency/keys.ts'
import { wholeAnswer } from './answers.ts'
import { AppError, validationFailed, type ErrorKind } from '../../lib/errors.ts'
import { sessionOf } from './authenticate.ts'
import { contextOf } from './request-context.ts'
import { bodyOf } from './body.ts'

/** Headers that are part of an answer's meaning. */
const KEPT_HEADERS = ['content-type', 'location', 'etag']

/** For effects in PostgreSQL alone: `create` runs in one transaction with the key, and so takes effect once, whatever crashes. */
export async function once(sql: Sql, request: Request, create: (sql: Sql) => Promise<Response>): Promise<Response> {
  const keyed = await keyedRequest(request)
  if (!keyed) return create(sql)
  return sql.begin(async (transaction) => {
    const tx = transaction as unknown as Sql
    const { answer } = claimed(await claimKey(tx, keyed))
    return answer ? replayed(answer) : keep(tx, keyed, await create(tx))
  }) as Promise<Response>
}

/** Makes an effect that runs twice the same as one that ran once. */
export interface Repeat {
  /** The id of the nth thing that the request creates. */
  id(n: number): string
  /** When the request was first seen. */
  at: Date
}

/**
 * For effects elsewhere: `effect` may run again, with the same ids and time. Where it failed and nobody knows how far it
 * came, the key stays with the request, which may be sent again at once.
 */
export async function repeatable(
  sql: Sql,
  request: Request,
  effect: (repeat: Repeat) => Promise<Response>,
): Promise<Response> {
  const keyed = await keyedRequest(request)
  if (!keyed) return effect({ id: () => Bun.randomUUIDv7(), at: new Date() })
  const { id: seed, created_at: at, answer } = claimed(await claimKey(sql, keyed, LEASE_S))
  if (answer) return replayed(answer)
  try {
    return await keep(sql, keyed, await effect({ id: (n) => Bun.randomUUIDv5(String(n), seed), at }))
  } catch (thrown) {
    await (thrown instanceof AppError && !UNCERTAIN.has(thrown.kind) ? releaseKey : endLease)(sql, keyed)
    throw thrown
  }
}

/** For a dry run, which leaves its key free for the real one; what is no key is refused all the same. */
export async function withoutKey<T>(request: Request, look: () => Promise<T>): Promise<T> {
  keyOf(request)
  return look()
}

/** How long the request of a process that crashed is taken for running; one that takes longer may run twice at once. */
const LEASE_S = 60

/** Failures after which the effect may be there. */
const UNCERTAIN: ReadonlySet<ErrorKind> = new Set(['unavailable', 'upstream', 'internal'])

/** At a time. */
const HASHED_BYTES = 1024 * 1024

function keyOf(request: Request): string | null {
  const key = request.headers.get('idempotency-key')
  if (key === null || /^[!-~]{1,255}$/.test(key)) return key
  const message = {
    en: 'must have 1 to 255 visible ASCII characters',
    pt: 'deve ter de 1 a 255 caracteres ASCII visíveis',
  }
  throw validationFailed([{ path: '/idempotency-key', message }])
}

async function keyedRequest(request: Request): Promise<KeyedRequest | undefined> {
  const key = keyOf(request)
  if (key === null) return undefined
  const { path } = contextOf(request)
  const query = request.url.indexOf('?')
  const asked = `${request.method} ${path}${query === -1 ? '' : request.url.slice(query)}\n`
  // Salted with the key, which only the client has: a reader of the table must not find a body's password by trying.
  const hash = new Bun.CryptoHasher('sha256', key).update(asked)
  const body = bodyOf(request)
  for (let at = 0; at < body.length; at += HASHED_BYTES) {
    // Other requests get their turn: 25 MB take 30 ms.
    if (at > 0) await new Promise(setImmediate)
    hash.update(body.subarray(at, at + HASHED_BYTES))
  }
  return { user_id: sessionOf(request).user_id, key: storedKey(key), fingerprint: new Uint8Array(hash.digest()) }
}

/** The key as the table has it. */
export const storedKey = (key: string): string => new Bun.CryptoHasher('sha256').update(key).digest('base64url')

function claimed(claim: KeyClaim): Exclude<KeyClaim, string> {
  if (claim === 'another')
    throw new AppError('invalid', 'idempotency_key_reused', {
      en: 'This Idempotency-Key came before with another request; make a new key for a new request.',
      pt: 'Esta Idempotency-Key já veio com outra requisição; use uma chave nova para uma requisição nova.',
    })
  if (claim === 'running')
    throw new AppError(
      'conflict',
      'idempotency_key_running',
      {
        en: 'The request with this Idempotency-Key is still running; send it again in a moment for its answer.',
        pt: 'A requisição com esta Idempotency-Key ainda está em andamento; repita daqui a pouco para ter a resposta.',
      },
      { retry_after_s: RETRY_AFTER_S },
    )
  return claim
}

const RETRY_AFTER_S = 2

const replayed = ({ body, headers, status }: StoredAnswer): Response =>
  wholeAnswer(body, { ...headers, 'idempotency-replayed': 'true' }, status)

async function keep(sql: Sql, keyed: KeyedRequest, response: Response): Promise<Response> {
  const kept = KEPT_HEADERS.flatMap((name) => {
    const value = response.headers.get(name)
    return value === null ? [] : [[name, value]]
  })
  const headers = Object.fromEntries(kept) as Record<string, string>
  await storeAnswer(sql, keyed, { status: response.status, headers, body: await response.clone().text() })
  return response
}
