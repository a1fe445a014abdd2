/** The driver's errors as sentences: a refusal with how to change that, or that no node answers. */
import { errors, types } from 'cassandra-driver'
import { AppError, messageOf, sentenceOf } from '../../../../lib/errors.ts'
import { joined, type Translated } from '../../../../lib/texts.ts'
import { engineRefused } from '../../initial-connection.ts'
import type { CassandraEndpoint } from './url.ts'

export const engineName = ({ hosts }: CassandraEndpoint) => `Cassandra (${hosts.join(', ')})`

/** The error of a call: `engine_refused` where a person must act, `history_refused` for a row, else `history_unavailable`. */
export function historyError(thrown: unknown, endpoint: CassandraEndpoint): AppError {
  if (thrown instanceof AppError && thrown.code !== 'engine_timeout') return thrown
  const refusal = refusalOf(thrown, endpoint)
  if (refusal) return refusal
  const why = reasonOf(thrown)
  if (/mutation.*too large/i.test(why.en))
    return new AppError(
      'invalid',
      'history_refused',
      {
        en: `${engineName(endpoint)} takes no such row: ${why.en}`,
        pt: `${engineName(endpoint)} não aceita uma linha assim: ${why.pt}`,
      },
      { cause: thrown },
    )
  const detail = {
    en: `${engineName(endpoint)} does not do what it is asked (${why.en}); try again later.`,
    pt: `${engineName(endpoint)} não faz o que é pedido (${why.pt}); tente de novo mais tarde.`,
  }
  return new AppError('unavailable', 'history_unavailable', detail, { cause: thrown })
}

/** The `engine_refused` of an error that will not go away by itself; undefined for any other. */
export function refusalOf(thrown: unknown, endpoint: CassandraEndpoint): AppError | undefined {
  const refused = (fix: Translated, cause: unknown) => engineRefused(engineName(endpoint), fix, cause)
  for (const reason of reasons(thrown)) {
    const text = messageOf(reason)
    // A node that has just started may not have read its users yet.
    if (isAuthentication(reason) && !/unable to perform|cannot achieve/i.test(text))
      return refused(
        { en: 'check user and password in HISTORY_URL.', pt: 'confira usuário e senha em HISTORY_URL.' },
        reason,
      )
    const found = /only found hosts in data centers: \[(.*)\]/.exec(text)?.[1]
    if (found !== undefined) {
      const { datacenter } = endpoint
      const wrong = new AppError('unavailable', 'engine_refused', {
        en: `it has no data centre ${datacenter}`,
        pt: `ele não tem o data center ${datacenter}`,
      })
      const fix = {
        en: `its data centres are: ${found}; put one of them into HISTORY_URL as ?dc=….`,
        pt: `os data centers dele são: ${found}; ponha um deles em HISTORY_URL como ?dc=….`,
      }
      return refused(fix, wrong)
    }
    if (endpoint.tls && isTls(reason))
      return refused(
        {
          en: 'take tls=1 out of HISTORY_URL if it speaks no TLS, or have its certificate trusted.',
          pt: 'tire tls=1 de HISTORY_URL se ele não fala TLS, ou faça com que o certificado seja confiável.',
        },
        reason,
      )
    if (isUnauthorized(reason)) return refused(grant(endpoint), reason)
  }
  return undefined
}

export function isUnauthorized(thrown: unknown): boolean {
  return isAnswer(thrown, types.responseErrorCodes.unauthorized)
}

/** Also when it went after a statement was prepared, and when it has just come: then a node may know it only by name. */
export function isMissingTable(thrown: unknown): boolean {
  return reasons(thrown).some((reason) => {
    const text = messageOf(reason)
    return (
      isAnswer(reason, types.responseErrorCodes.unprepared) ||
      (isAnswer(reason, types.responseErrorCodes.invalid) && /unconfigured table|does not exist/i.test(text)) ||
      (isAnswer(reason, types.responseErrorCodes.serverError) && /unknown CF/i.test(text))
    )
  })
}

/** Also one that another program has just added, on a node that has not heard of it. */
export const isMissingColumn = (thrown: unknown): boolean =>
  reasons(thrown).some(
    (reason) =>
      isAnswer(reason, types.responseErrorCodes.invalid) &&
      /undefined column name|unknown identifier/i.test(messageOf(reason)),
  )

/** Why, in a few words: the driver's own message wraps them in lines of code. */
export function reasonOf(thrown: unknown): Translated {
  const byText = new Map(reasons(thrown).map((reason) => [messageOf(reason), sentenceOf(reason)]))
  return joined([...byText.values()], '; ')
}

/** The error or, where no host did what was asked, what each host said. */
function reasons(thrown: unknown): unknown[] {
  if (!(thrown instanceof errors.NoHostAvailableError)) return [thrown]
  const inner = Object.values((thrown.innerErrors ?? {}) as Record<string, unknown>)
  return inner.length > 0 ? inner : [thrown]
}

function isAuthentication(thrown: unknown): boolean {
  return thrown instanceof errors.AuthenticationError || isAnswer(thrown, types.responseErrorCodes.badCredentials)
}

function isAnswer(thrown: unknown, code: number): boolean {
  return thrown instanceof errors.ResponseError && thrown.code === code
}

function isTls(thrown: unknown): boolean {
  const { code = '' } = thrown as { code?: unknown }
  return /SSL|TLS|CERT|SELF_SIGNED|UNABLE_TO/.test(String(code)) || /\b(ssl|tls|certificate)\b/i.test(messageOf(thrown))
}

function grant({ keyspace, user }: CassandraEndpoint): Translated {
  const rights = `GRANT SELECT, MODIFY, CREATE ON KEYSPACE ${keyspace} TO ${user ?? 'USER'}`
  return { en: `run, as a superuser: ${rights};`, pt: `execute, como superusuário: ${rights};` }
}
