/** How clients of @platformatic/kafka connect. */
import { isIP } from 'node:net'
import { parseBroker, type BaseOptions, type ConnectionPool, type SASLMechanismValue } from '@platformatic/kafka'
import { messageOf } from '../../../../../lib/errors.ts'
import { CONNECT_MS, type KafkaClient } from '../client.ts'

/** `request_ms`: a request that takes longer ends its connection. */
export function connectionOptions({ settings }: Pick<KafkaClient, 'settings'>, request_ms: number) {
  const { brokers, user: username, password, mechanism, tls } = settings
  const sasl = { mechanism: mechanism.toUpperCase() as SASLMechanismValue, username: username!, password }
  return {
    clientId: 'doca',
    bootstrapBrokers: brokers,
    connectTimeout: CONNECT_MS,
    requestTimeout: request_ms,
    // An address is no name to ask for.
    ...(tls && { tls: {}, tlsServerName: brokers.every((broker) => isIP(parseBroker(broker).host) === 0) }),
    ...(username !== undefined && { sasl }),
  } satisfies BaseOptions
}

/** A connection that closes while we sign in emits a second error that nobody listens to, which would end the process. */
export function withoutCrash<T extends ConnectionPool>(connections: T): T {
  connections.on('connecting', ({ connection }) => void connection.on('error', () => {}))
  return connections
}

/** The same with Kafka's name of it: of a topic that is missing, the client only has a sentence. */
export function named(err: unknown): unknown {
  if (!/Unknown topic /.test(messageOf(err))) return err
  return Object.assign(new Error(messageOf(err), { cause: err }), { apiId: 'UNKNOWN_TOPIC_OR_PARTITION' })
}
