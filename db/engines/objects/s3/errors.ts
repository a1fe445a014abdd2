/** Errors of an S3 server, as the AppErrors of the objects role. */
import { AppError, messageOf } from '../../../../lib/errors.ts'
import { engineRefused } from '../../initial-connection.ts'
import type { S3Address } from './url.ts'

const KEYS = 'check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'
const RIGHTS = 'give these keys the rights to list the bucket and to read, write and delete its objects'
const REGION = 'put the region where the bucket is into OBJECTS_URL (region=…)'

/** How to fix a refusal, by its name. */
const FIXES: Record<string, string> = {
  InvalidAccessKeyId: KEYS,
  SignatureDoesNotMatch: KEYS,
  InvalidToken: KEYS,
  ExpiredToken: 'get new keys; these have expired',
  CredentialsProviderError: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  AccessDenied: RIGHTS,
  Forbidden: `${KEYS}, or ${RIGHTS}`,
  '403': `${KEYS}, or ${RIGHTS}`,
  RequestTimeTooSkewed: "set this machine's clock, or the server's",
  PermanentRedirect: REGION,
  AuthorizationHeaderMalformed: REGION,
  IllegalLocationConstraintException: REGION,
}

const TLS_FIX =
  'the endpoint in OBJECTS_URL should begin with https:// if the server speaks TLS, else with http://; a certificate of your own goes to NODE_EXTRA_CA_CERTS'

const FULL = ['XMinioStorageFull', 'InsufficientStorage', 'QuotaExceeded', 'StorageFull']
const TAKEN = ['ExistingObjectIsDirectory', 'ObjectParentIsFile']

/** The AppError for a failed call; `engine` names the server without any key. */
export function s3Error(cause: unknown, engine: string, address: S3Address): AppError {
  if (cause instanceof AppError) return cause.code === 'engine_timeout' ? unavailable(cause, cause.message) : cause
  const name = nameOf(cause)
  if (name === 'NoSuchBucket') return engineRefused(engine, `create the bucket: ${createCommand(address)}`, cause)
  if (FIXES[name]) return engineRefused(engine, FIXES[name], named(cause))
  if (isTlsError(cause)) return tlsMismatch(cause, engine)
  if (FULL.includes(name) || statusOf(cause) === 507)
    return new AppError('no_space', 'disk_full', `${engine} has no room left. Free some space there.`, { cause })
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
  return unavailable(cause, `${engine} cannot do what it is asked: ${messageOf(named(cause))}`)
}

/** One side speaks TLS and the other does not, or does not trust the certificate. */
export const tlsMismatch = (cause: unknown, engine: string) => engineRefused(engine, TLS_FIX, named(cause))

/** True for the answer to a question about what is not there. */
export const isNotFound = (thrown: unknown) => ['NotFound', 'NoSuchKey'].includes(nameOf(thrown))

/** The name that S3 gives an error, e.g. NoSuchKey. */
export const nameOf = (thrown: unknown) => (thrown instanceof Error ? thrown.name : '')

export const createCommand = ({ bucket, endpoint, region }: S3Address) =>
  `aws s3api create-bucket --bucket ${bucket} --region ${region}${endpoint ? ` --endpoint-url ${endpoint}` : ''}`

const unavailable = (cause: unknown, sentence: string) =>
  new AppError('unavailable', 'objects_unavailable', sentence.endsWith('.') ? sentence : `${sentence}.`, { cause })

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
