/** One client of the driver, with our settings, from its start to its end. */
import { auth, Client, policies, types } from 'cassandra-driver'
import type { CassandraEndpoint } from './url.ts'

/** Below the deadline of a call, so that the driver's own reason is reported. */
const READ_TIMEOUT_MS = 10_000
const CONNECT_TIMEOUT_MS = 4_000
const CLOSE_MS = 5_000

export interface StartedClient {
  client: Client
  /** Rejects when no host takes us; then the client is of no further use. */
  connected: Promise<void>
}

export function startClient(endpoint: CassandraEndpoint): StartedClient {
  const client = new Client({
    contactPoints: endpoint.hosts,
    localDataCenter: endpoint.datacenter,
    protocolOptions: { port: endpoint.port },
    ...(endpoint.user !== undefined && {
      authProvider: new auth.PlainTextAuthProvider(endpoint.user, endpoint.password ?? ''),
    }),
    // Left alone, the driver trusts any certificate.
    ...(endpoint.tls && { sslOptions: { rejectUnauthorized: true } }),
    socketOptions: { readTimeout: READ_TIMEOUT_MS, connectTimeout: CONNECT_TIMEOUT_MS },
    policies: { reconnection: new policies.reconnection.ExponentialReconnectionPolicy(200, 3_000, false) },
    queryOptions: { consistency: types.consistencies.localQuorum, prepare: true, isIdempotent: true },
    isMetadataSyncEnabled: false,
    monitorReporting: { enabled: false },
  })
  const connected = client.connect()
  connected.catch(() => {})
  return { client, connected }
}

/** Ends a client whatever it is doing; never throws, and takes no longer than 5 s. */
export async function endClient({ client, connected }: StartedClient): Promise<void> {
  // The driver ends a client only when it is connected; one that still tries is ended once it has come to something.
  const ended = connected.then(
    () => client.shutdown(),
    () => closeLeftOpen(client),
  )
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, CLOSE_MS)
  await Promise.race([ended.catch(() => {}), promise])
  clearTimeout(timer)
}

/** cassandra-driver 4.10.0 forgets the connection over which it learnt that the data centre is not there. */
async function closeLeftOpen(client: Client): Promise<void> {
  const { controlConnection } = client as unknown as {
    controlConnection: { connection: { closeAsync(): Promise<void> } | null }
  }
  await controlConnection.connection?.closeAsync()
}
