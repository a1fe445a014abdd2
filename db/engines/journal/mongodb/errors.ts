/** Errors of a MongoDB server and of its driver, as the AppErrors of the journal role. */
import { AppError, sentenceOf } from '../../../../lib/errors.ts'
import { ended, type Translated } from '../../../../lib/texts.ts'
import { engineFull, engineRefused } from '../../initial-connection.ts'

const CERTIFICATE_FIX: Translated = {
  en: 'name the authority that signed its certificate by tlsCAFile=… in JOURNAL_URL',
  pt: 'indique a autoridade que assinou o certificado com tlsCAFile=… em JOURNAL_URL',
}
const TOO_LARGE = /larger than the maximum|object to insert too large/i

/** The AppError for a failed call; `engine` names the server without any password. */
export function mongoError(cause: unknown, engine: string, database: string): AppError {
  if (cause instanceof AppError) return cause.code === 'engine_timeout' ? unavailable(cause, cause.detail) : cause
  const all = chain(cause)
  const refused = (fix: Translated) => engineRefused(engine, fix, all.at(-1))
  const isAny = (test: (err: Thrown) => boolean) => all.some(test)
  if (isAny(({ code }) => code === 18 || code === 8000))
    return refused({
      en: "check the user and the password in JOURNAL_URL, and its authSource, the user's own database",
      pt: 'confira o usuário e a senha em JOURNAL_URL, e o authSource, o banco do próprio usuário',
    })
  if (isAny(({ code }) => code === 13))
    return refused({
      en: `give this user the role readWrite on the database ${database}, or name a user in JOURNAL_URL`,
      pt: `dê a este usuário o papel readWrite no banco ${database}, ou indique um usuário em JOURNAL_URL`,
    })
  if (isAny(({ name, message }) => name === 'MongoCompatibilityError' || /wire version/i.test(message)))
    return refused({ en: 'use MongoDB 4.4 or later', pt: 'use MongoDB 4.4 ou mais novo' })
  if (isAny(({ code, message }) => code === 10_334 || code === 17_280 || TOO_LARGE.test(message)))
    return tooLarge(cause)
  if (isAny(({ code }) => code === 14_031)) return engineFull(engine, cause)
  if (isAny(isDistrust)) return refused(CERTIFICATE_FIX)
  const why = sentenceOf(all.at(-1))
  return unavailable(cause, {
    en: `${engine} cannot do what it is asked: ${why.en}`,
    pt: `${engine} não consegue fazer o que é pedido: ${why.pt}`,
  })
}

/** Whether an index of this key or name is there already with other options. */
export const isIndexConflict = (thrown: unknown) => [85, 86].includes(Number((thrown as Thrown | null)?.code))

interface Thrown {
  name: string
  message: string
  code?: unknown
}

/** An error and what caused it, the outermost first: the driver wraps what the socket said. */
function chain(thrown: unknown): Thrown[] {
  const found: Thrown[] = []
  for (let next = thrown; next instanceof Error && found.length < 8; next = causeOf(next)) found.push(next)
  return found
}

/** A server selection that fails says why for each server, in a map. */
function causeOf(err: Error & { reason?: { servers?: Map<string, { error?: unknown }> } }): unknown {
  const [server] = err.reason?.servers?.values() ?? []
  return err.cause ?? server?.error
}

const isDistrust = ({ code, message }: Thrown) =>
  (typeof code === 'string' && /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)) || /certificate/i.test(message)

const tooLarge = (cause: unknown) =>
  new AppError(
    'too_large',
    'journal_document_too_large',
    {
      en: 'A journal document is larger than 16 MB, which MongoDB allows.',
      pt: 'Um documento do journal passa dos 16 MB que o MongoDB permite.',
    },
    {
      cause,
    },
  )

const unavailable = (cause: unknown, sentence: Translated) =>
  new AppError('unavailable', 'journal_unavailable', ended(sentence), { cause })
