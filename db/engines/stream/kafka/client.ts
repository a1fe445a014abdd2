/** Clients of kafkajs: their settings, deadlines and log lines, and Kafka's refusals as sentences. */
import { Kafka, logLevel, type Admin, type logCreator, type SASLOptions } from 'kafkajs'
import { AppError, messageOf } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import { engineRefused, initialConnection, TRUST_FIX } from '../../initial-connection.ts'
import { createOutage, type Outage } from '../../../../lib/outage.ts'
import { withDeadline } from '../../../../lib/retry.ts'
import type { KafkaSettings } from './url.ts'

export const DEADLINE_MS = 15_000
export const CONNECT_MS = 3_000
/** One request, among them a produce that waits for every replica. */
export const REQUEST_MS = 6_000

export interface KafkaClient {
  /** For sentences: `Kafka (host:port)`. */
  engine: string
  settings: KafkaSettings
  outage: Outage
  /**
   * One per consumer: kafkajs keeps what it knows of a group's offsets per instance, and two members of one group
   * would wipe each other's.
   */
  kafka(onLine?: (message: string, facts: Record<string, unknown>) => void): Kafka
  /** Asks within the deadline, over a connection that is kept; after a failure the next call makes a new one. */
  ask<T>(question: (admin: Admin) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Throws AppError `engine_refused`; a Kafka that is away is one warning. */
export async function openClient(settings: KafkaSettings, log: Log): Promise<KafkaClient> {
  const engine = `Kafka (${settings.brokers.join(',')})`
  const outage = outageOf(engine, log)
  const kafka: KafkaClient['kafka'] = (onLine) => createKafka(settings, log, outage, onLine)
  let kept: { admin: Promise<Admin>; questions: number } | undefined

  async function connect(): Promise<Admin> {
    const opened = kafka().admin()
    try {
      await opened.connect()
      return opened
    } catch (err) {
      abandon(opened)
      throw err
    }
  }

  async function ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    const used = (kept ??= { admin: connect(), questions: 0 })
    used.questions++
    try {
      const answer = await withDeadline(used.admin.then(question), DEADLINE_MS, engine)
      outage.answered()
      return answer
    } catch (err) {
      if (kept === used) kept = undefined
      throw err
    } finally {
      used.questions--
      // Not before the questions of others on it have ended.
      if (used !== kept && used.questions === 0) void used.admin.then(abandon, () => {})
    }
  }

  await initialConnection(engine, log, async () => {
    // Should it fail, its warning is enough.
    outage.assume(true)
    await firstAnswer(settings, log, outage, engine)
    outage.assume(false)
  })
  return {
    engine,
    settings,
    outage,
    kafka,
    ask,
    async close() {
      const connected = await kept?.admin.catch(() => undefined)
      if (connected) await withDeadline(connected.disconnect(), CONNECT_MS, engine).catch(() => {})
    },
  }
}

export function createKafka(
  settings: KafkaSettings,
  log: Log,
  outage: Outage,
  onLine?: (message: string, facts: Record<string, unknown>) => void,
): Kafka {
  const { user: username, password, mechanism } = settings
  const sasl = username === undefined ? undefined : ({ mechanism, username, password } as SASLOptions)
  return new Kafka({
    clientId: 'doca',
    brokers: settings.brokers,
    ssl: settings.tls,
    ...(sasl && { sasl }),
    connectionTimeout: CONNECT_MS,
    requestTimeout: REQUEST_MS,
    // Our callers wait, and have deadlines of their own.
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 },
    logLevel: logLevel.WARN,
    logCreator: linesTo(log, outage, onLine),
  })
}

/** Shared by everything that notices an outage. */
export const outageOf = (engine: string, log: Log) =>
  createOutage(log, `${engine} does not do what it is asked; trying again until it does`, `${engine} answers again`)

/** kafkajs reports every failed step of every connection; those lines go to the log at debug only. */
function linesTo(
  log: Log,
  outage: Outage,
  onLine?: (message: string, facts: Record<string, unknown>) => void,
): logCreator {
  return () => (entry) => {
    const { message, timestamp: _, logger: __, ...facts } = entry.log
    log.debug({ ...facts, namespace: entry.namespace }, `kafkajs: ${message}`)
    if (entry.level === logLevel.ERROR && /^Connection (error|timeout)/.test(message)) outage.failed(message)
    onLine?.(message, facts)
  }
}

/** Tries to get in; throws AppError `engine_refused` where another try would not help. */
export async function firstAnswer(settings: KafkaSettings, log: Log, outage: Outage, engine: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    let lines = ''
    const admin = createKafka(settings, log, outage, (message) => (lines += `${message}\n`)).admin({
      retry: { retries: 0 },
    })
    try {
      await admin.connect()
      await admin.describeCluster()
      return
    } catch (err) {
      const refused = refusal(err, `${lines}${messageOf(err)}`, settings, engine)
      if (!refused) throw err
      // A broker that is just ending closes connections, too; the next time it is gone.
      if (tries === 2) throw refused
      await Bun.sleep(AGAIN_MS)
    } finally {
      abandon(admin)
    }
  }
}

const AGAIN_MS = 500

function refusal(err: unknown, said: string, { user, tls }: KafkaSettings, engine: string): AppError | undefined {
  if (/SASL|Authentication failed/i.test(`${(err as Error).name} ${said}`))
    return engineRefused(
      engine,
      {
        en: 'check user, password and mechanism in STREAM_URL.',
        pt: 'confira usuário, senha e mechanism em STREAM_URL.',
      },
      err,
    )
  if (tls && /certificate|SELF_SIGNED|UNABLE_TO_VERIFY/i.test(said)) return engineRefused(engine, TRUST_FIX, err)
  const closed = /closed connection|ECONNRESET|disconnected|wrong version|SSL|TLS|packet length/i.test(said)
  if (closed && tls)
    return engineRefused(
      engine,
      {
        en: 'it does not seem to speak TLS on that port; leave tls=1 out of STREAM_URL.',
        pt: 'ele não parece falar TLS nessa porta; retire tls=1 de STREAM_URL.',
      },
      err,
    )
  if (closed && user === undefined)
    return engineRefused(
      engine,
      {
        en: 'it may want a user and password, or TLS (tls=1), in STREAM_URL.',
        pt: 'ele talvez queira usuário e senha, ou TLS (tls=1), em STREAM_URL.',
      },
      err,
    )
  if (closed)
    return engineRefused(
      engine,
      { en: 'it may want TLS; put tls=1 into STREAM_URL.', pt: 'ele talvez queira TLS; ponha tls=1 em STREAM_URL.' },
      err,
    )
  return undefined
}

/** Ends connections without waiting for them. */
export function abandon(client: { disconnect(): Promise<void> }): void {
  client.disconnect().catch(() => {})
}

/** Kafka's name of an error, e.g. TOPIC_AUTHORIZATION_FAILED, wherever the client library has put it. */
export function kafkaError(err: unknown): string | undefined {
  const { type, apiId, cause, errors = [] } = (err ?? {}) as KafkaThrown
  if (type ?? apiId) return type ?? apiId
  for (const inner of [cause, ...errors]) {
    const found = inner && kafkaError(inner)
    if (found) return found
  }
  return undefined
}

interface KafkaThrown {
  /** Of kafkajs. */
  type?: string
  /** Of @platformatic/kafka. */
  apiId?: string
  cause?: KafkaThrown
  errors?: KafkaThrown[]
}
