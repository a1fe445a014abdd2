/** Errors of an S3 server, as the AppErrors of the objects role. */
import { AppError, sentenceOf } from '../../../../lib/errors.ts'
import { ended, type Translated } from '../../../../lib/texts.ts'
import { engineFull, engineRefused } from '../../initial-connection.ts'
import type { S3Address } from './url.ts'

const KEYS: Translated = {
  en: 'check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  pt: 'confira AWS_ACCESS_KEY_ID e AWS_SECRET_ACCESS_KEY',
}
const RIGHTS: Translated = {
  en: 'give these keys the rights to list the bucket and to read, write and delete its objects',
  pt: 'dê a estas chaves os direitos de listar o bucket e de ler, gravar e apagar os objetos dele',
}
const EITHER: Translated = { en: `${KEYS.en}, or ${RIGHTS.en}`, pt: `${KEYS.pt}, ou ${RIGHTS.pt}` }
const REGION: Translated = {
  en: 'put the region where the bucket is into OBJECTS_URL (region=…)',
  pt: 'ponha em OBJECTS_URL a região onde está o bucket (region=…)',
}

/** How to fix a refusal, by its name. */
const FIXES: Record<string, Translated> = {
  InvalidAccessKeyId: KEYS,
  SignatureDoesNotMatch: KEYS,
  InvalidToken: KEYS,
  ExpiredToken: { en: 'get new keys; these have expired', pt: 'obtenha novas chaves; estas expiraram' },
  CredentialsProviderError: {
    en: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    pt: 'defina AWS_ACCESS_KEY_ID e AWS_SECRET_ACCESS_KEY',
  },
  AccessDenied: RIGHTS,
  Forbidden: EITHER,
  '403': EITHER,
  RequestTimeTooSkewed: {
    en: "set this machine's clock, or the server's",
    pt: 'acerte o relógio desta máquina, ou o do servidor',
  },
  PermanentRedirect: REGION,
  AuthorizationHeaderMalformed: REGION,
  IllegalLocationConstraintException: REGION,
}

const TLS_FIX: Translated = {
  en: 'the endpoint in OBJECTS_URL should begin with https:// if the server speaks TLS, else with http://; a certificate of your own goes to NODE_EXTRA_CA_CERTS',
  pt: 'o endpoint em OBJECTS_URL deve começar com https:// se o servidor fala TLS, senão com http://; um certificado próprio vai em NODE_EXTRA_CA_CERTS',
}

const FULL = ['XMinioStorageFull', 'InsufficientStorage', 'QuotaExceeded', 'StorageFull']
const TAKEN = ['ExistingObjectIsDirectory', 'ObjectParentIsFile']

/** The AppError for a failed call; `engine` names the server without any key. */
export function s3Error(cause: unknown, engine: string, address: S3Address): AppError {
  if (cause instanceof AppError) return cause.code === 'engine_timeout' ? unavailable(cause, cause.detail) : cause
  const name = nameOf(cause)
  if (name === 'NoSuchBucket') {
    const command = createCommand(address)
    return engineRefused(engine, { en: `create the bucket: ${command}`, pt: `crie o bucket: ${command}` }, cause)
  }
  if (FIXES[name]) return engineRefused(engine, FIXES[name], named(cause))
  if (isTlsError(cause)) return tlsMismatch(cause, engine)
  if (FULL.includes(name) || statusOf(cause) === 507) return engineFull(engine, cause)
  if (TAKEN.includes(name))
    return new AppError(
      'conflict',
      'object_key_taken',
      {
        en: 'Other objects lie below or above this key. Choose another name.',
        pt: 'Há outros objetos abaixo ou acima desta chave. Escolha outro nome.',
      },
      {
        cause,
      },
    )
  const why = sentenceOf(named(cause))
  return unavailable(cause, {
    en: `${engine} cannot do what it is asked: ${why.en}`,
    pt: `${engine} não consegue fazer o que é pedido: ${why.pt}`,
  })
}

/** One side speaks TLS and the other does not, or does not trust the certificate. */
export const tlsMismatch = (cause: unknown, engine: string) => engineRefused(engine, TLS_FIX, named(cause))

/** True for the answer to a question about what is not there. */
export const isNotFound = (thrown: unknown) => ['NotFound', 'NoSuchKey'].includes(nameOf(thrown))

/** The name that S3 gives an error, e.g. NoSuchKey. */
export const nameOf = (thrown: unknown) => (thrown instanceof Error ? thrown.name : '')

export const createCommand = ({ bucket, endpoint, region }: S3Address) =>
  `aws s3api create-bucket --bucket ${bucket} --region ${region}${endpoint ? ` --endpoint-url ${endpoint}` : ''}`

const unavailable = (cause: unknown, sentence: Translated) =>
  new AppError('unavailable', 'objects_unavailable', ended(sentence), { cause })

const statusOf = (thrown: unknown) =>
  (thrown as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode

/** Answers to HEAD have no text: their message is "UnknownError" or nothing; the name is all there is. */
function named(cause: unknown): unknown {
  if (!(cause instanceof Error)) return cause
  return cause.message && cause.message !== 'UnknownError' && cause.message !== 'Unknown' ? cause : cause.name
}

function isTlsError(thrown: unknown): boolean {
  const { code = '', message = '' } = thrown as NodeJS.ErrnoException
  return /CERT|SSL|TLS|EPROTO/.test(code) || /wrong version number|HTTPS server|certificate/i.test(message)
}
