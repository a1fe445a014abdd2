/** How clients of @platformatic/kafka connect. */
import type { BaseOptions, ConnectionPool, SASLMechanismValue } from '@platformatic/kafka'
import { CONNECT_MS, type KafkaClient } from '../client.ts'

/** `request_ms`: a request that takes longer ends its connection. */
export function connectionOptions({ settings }: KafkaClient, request_ms: number) {
  const { brokers, user: username, password, mechanism, tls } = settings
  const sasl = { mechanism: mechanism.toUpperCase() as SASLMechanismValue, username: username!, password }
  return {
    clientId: 'doca',
    bootstrapBrokers: brokers,
    connectTimeout: CONNECT_MS,
    requestTimeout: request_ms,
    ...(tls && { tls: {}, tlsServerName: true }),
    ...(username !== undefined && { sasl }),
  } satisfies BaseOptions
}

/** A connection that closes while we sign in emits a second error that nobody listens to, which would end the process. */
export function withoutCrash<T extends ConnectionPool>(connections: T): T {
  connections.on('connecting', ({ connection }) => void connection.on('error', () => {}))
  return connections
}
