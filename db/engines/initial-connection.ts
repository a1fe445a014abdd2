/**
 * A program starts without an engine that is away, and goes on when it comes; but an engine that answers and refuses us
 * will not change its mind, so that ends the start with a sentence.
 */
import { AppError, messageOf, sentenceOf } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import { withDeadline } from '../../lib/retry.ts'
import type { Translated } from '../../lib/texts.ts'

export const INITIAL_CONNECTION_MS = 5_000

/**
 * Makes `attempt` once. Throws what it throws with code `engine_refused`; anything else is one warning, and the driver
 * keeps trying by itself. `engine` names it with its host, e.g. `Redis (localhost:6379)`, never with a password.
 */
export async function initialConnection(engine: string, log: Log, attempt: () => PromiseLike<unknown>): Promise<void> {
  try {
    await withDeadline(attempt(), INITIAL_CONNECTION_MS, engine)
  } catch (err) {
    if (err instanceof AppError && err.code === 'engine_refused') throw err
    log.warn({ err }, `${engine} cannot be reached; the program goes on without it and keeps trying: ${messageOf(err)}`)
  }
}

/** `engine` understood us and said no: wrong credentials, a missing right, TLS where there is none. `fix` says what to do. */
export function engineRefused(engine: string, fix: Translated, cause: unknown): AppError {
  const why = sentenceOf(cause)
  const detail = {
    en: `${engine} refuses us (${why.en}); ${fix.en}`,
    pt: `${engine} recusa o nosso acesso (${why.pt}); ${fix.pt}`,
  }
  return new AppError('unavailable', 'engine_refused', detail, { cause })
}

export const engineFull = (engine: string, cause: unknown): AppError =>
  new AppError(
    'no_space',
    'disk_full',
    {
      en: `${engine} has no room left. Free some space there.`,
      pt: `${engine} não tem mais espaço. Libere espaço lá.`,
    },
    { cause },
  )

/** Of several engines: the cause, and the fix, of a refusal. */
export const NO_TLS = new AppError('unavailable', 'engine_refused', {
  en: 'it does not speak TLS',
  pt: 'ele não fala TLS',
})
export const TLS_ONLY = new AppError('unavailable', 'engine_refused', {
  en: 'it speaks TLS only',
  pt: 'ele só fala TLS',
})
export const TRUST_FIX: Translated = {
  en: 'let this machine trust the certificate (NODE_EXTRA_CA_CERTS=FILE) and name the host as it does.',
  pt: 'faça esta máquina confiar no certificado (NODE_EXTRA_CA_CERTS=FILE) e indique o host como ele o faz.',
}
