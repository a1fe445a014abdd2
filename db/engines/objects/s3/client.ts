/**
 * One bucket of one S3 server, and how it is called: each call within a deadline of our own, since a socket's timeout
 * does not fire on Bun when the peer stops reading; retried by the SDK at most twice; its errors in sentences.
 */
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import type { Log } from '../../../../lib/log.ts'
import { engineRefused, initialConnection } from '../../initial-connection.ts'
import { createOutage } from '../../../../lib/outage.ts'
import { withDeadline } from '../../../../lib/retry.ts'
import { AppError } from '../../../../lib/errors.ts'
import { createCommand, nameOf, s3Error, tlsMismatch } from './errors.ts'
import type { S3Address } from './url.ts'

export interface Keys {
  accessKeyId: string
  secretAccessKey: string
}

export interface Bucket {
  name: string
  /** The server and its address, for sentences. */
  engine: string
  log: Log
  /** Makes one call; throws AppError. `make` hands the options on to `client.send`. */
  call<T>(make: Make<T>, limits?: Limits): Promise<T>
  /** Waits for the calls that are being made, then ends all connections. */
  close(): Promise<void>
}

export type Make<T> = (client: S3Client, options: SendOptions) => Promise<T>

export interface SendOptions {
  abortSignal: AbortSignal
  requestTimeout: number
}

interface Limits {
  /** For the call with its retries. */
  deadline_ms?: number
  /** For one attempt; one that gets no answer for so long is made again. */
  attempt_ms?: number
}

const DEADLINE_MS = 15_000
const ATTEMPT_MS = 6_000
const CONNECT_MS = 4_000
const TLS_TRY_MS = 1_500
const MAX_SOCKETS = 64

/** Without `keys` the AWS SDK finds them: variables, profiles, the machine's role. */
export async function openBucket(address: S3Address, log: Log, keys?: Keys): Promise<Bucket> {
  const client = openClient(address, keys)
  const engine = `S3 (${address.endpoint ?? `AWS ${address.region}`})`
  const busy = new Set<Promise<unknown>>()
  const outage = createOutage(log, `${engine} does not do what it is asked`, `${engine} answers again`)
  let made: Promise<void> | undefined

  /** Sees that the bucket is there, or makes it; once that was so, no more. */
  function ready(options: SendOptions): Promise<void> {
    made ??= ensureBucket(client, address, engine, options).catch((err: unknown) => {
      made = undefined
      throw err
    })
    return made
  }

  async function call<T>(make: Make<T>, { deadline_ms = DEADLINE_MS, attempt_ms = ATTEMPT_MS }: Limits = {}) {
    const abort = new AbortController()
    const options = { abortSignal: abort.signal, requestTimeout: attempt_ms }
    const begun_at = performance.now()
    const calling = withDeadline(
      ready(options).then(() => make(client, options)),
      deadline_ms,
      engine,
    )
    busy.add(calling)
    try {
      const result = await calling
      outage.answered(begun_at)
      return result
    } catch (err) {
      abort.abort()
      const error = s3Error(err, engine, address)
      if (error.code === 'objects_unavailable') outage.failed(error, begun_at)
      throw error
    } finally {
      busy.delete(calling)
    }
  }

  try {
    await initialConnection(engine, log, async () => {
      const options = { abortSignal: new AbortController().signal, requestTimeout: ATTEMPT_MS }
      await ready(options).catch(async (err: unknown) => {
        const error = s3Error(err, engine, address)
        if (error.code === 'objects_unavailable' && (await speaksTls(address))) throw tlsMismatch(err, engine)
        throw error
      })
    })
  } catch (err) {
    client.destroy()
    throw err
  }
  return {
    name: address.bucket,
    engine,
    log,
    call,
    async close() {
      await Promise.allSettled(busy)
      client.destroy()
    },
  }
}

function openClient(address: S3Address, keys?: Keys): S3Client {
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS }
  return new S3Client({
    region: address.region,
    ...(address.endpoint && { endpoint: address.endpoint, forcePathStyle: true }),
    ...(keys && { credentials: keys }),
    maxAttempts: 3,
    // Servers other than AWS's do not all know the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // With Expect: 100-continue every put would have a connection of its own.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
    logger: SILENT,
  })
}

/** A server with TLS only hangs up on who comes without: whether that is what happened is asked. */
async function speaksTls({ endpoint }: S3Address): Promise<boolean> {
  if (!endpoint?.startsWith('http:')) return false
  const tls = { rejectUnauthorized: false }
  const signal = AbortSignal.timeout(TLS_TRY_MS)
  const answer = await fetch(endpoint.replace('http:', 'https:'), { tls, signal }).catch(() => null)
  await answer?.body?.cancel()
  return answer !== null
}

/** Our own errors and log lines have it. */
const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }

async function ensureBucket(client: S3Client, address: S3Address, engine: string, options: SendOptions): Promise<void> {
  const Bucket = address.bucket
  // Not HeadBucket: the answer to a HEAD cannot say why it refuses.
  const missing = await client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }), options).then(
    () => null,
    (err: unknown) => err,
  )
  if (missing === null) return
  if (nameOf(missing) !== 'NoSuchBucket') throw missing
  try {
    await client.send(new CreateBucketCommand({ Bucket }), options)
  } catch (err) {
    const name = nameOf(err)
    // Another program was quicker.
    if (name === 'BucketAlreadyOwnedByYou') return
    if (!['AccessDenied', 'Forbidden', 'BucketAlreadyExists', 'InvalidBucketName'].includes(name)) throw err
    const why = {
      en: `there is no bucket ${Bucket}, and these keys may not make it`,
      pt: `o bucket ${Bucket} não existe, e estas chaves não podem criá-lo`,
    }
    const found = new AppError('unavailable', 'engine_refused', why, { cause: err })
    const command = createCommand(address)
    throw engineRefused(engine, { en: `make it: ${command}`, pt: `crie-o: ${command}` }, found)
  }
}
