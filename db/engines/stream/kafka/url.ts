/** Reads `kafka://[user:password@]host:port,host:port?prefix=…&partitions=…&replication=…&tls=1&mechanism=…`. */
import { firstHostOnly } from '../../../../lib/env.ts'
import { ConfigError } from '../../../../lib/env.ts'

/** The client libraries there are drivers for (STREAM_CLIENT). */
export const STREAM_CLIENTS = ['kafkajs', 'platformatic'] as const
export type StreamClient = (typeof STREAM_CLIENTS)[number]

export interface KafkaSettings {
  /** host:port of each broker to begin with. */
  brokers: string[]
  user: string | undefined
  password: string
  mechanism: (typeof MECHANISMS)[number]
  tls: boolean
  /** Goes before the names of topics and groups; callers never see it. */
  prefix: string
  /** A topic that has fewer gets more. */
  partitions: number
  /** Copies of each partition of a new topic; -1: what the broker says. */
  replication: number
}

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const
const DEFAULT_PORT = 9092

/** Throws ConfigError with every problem in one sentence, never the URL itself: it may hold a password. */
export function readKafkaUrl(url: string): KafkaSettings {
  const { username, password, pathname, searchParams } = new URL(firstHostOnly(url).replace(/^kafka:/i, 'http:'))
  const problems: string[] = []
  const problem = (sentence: string) => void problems.push(sentence)
  const known = ['prefix', 'partitions', 'replication', 'tls', 'mechanism']
  for (const name of searchParams.keys())
    if (!known.includes(name)) problem(`there is no parameter ${name}; use ${known.join(', ')}`)

  function integer(name: string, fallback: number, min: number, max: number): number {
    const text = searchParams.get(name)
    if (text === null) return fallback
    if (/^-?\d+$/.test(text) && Number(text) >= min && Number(text) <= max && Number(text) !== 0) return Number(text)
    problem(`${name} is "${text}"; set a whole number up to ${max}`)
    return fallback
  }

  function decode(text: string): string {
    try {
      return decodeURIComponent(text)
    } catch {
      problem('user or password has a % that is not followed by two hexadecimal digits; write it as %25')
      return ''
    }
  }

  const mechanism = MECHANISMS.find((one) => one === (searchParams.get('mechanism') ?? 'plain').toLowerCase())
  if (!mechanism) problem(`mechanism should be ${MECHANISMS.join(', ')}`)
  const prefix = searchParams.get('prefix') ?? ''
  if (!/^[A-Za-z0-9._-]{0,100}$/.test(prefix))
    problem('prefix may have up to 100 letters, digits, dots, underscores and hyphens')
  const tls = searchParams.get('tls') ?? '0'
  if (tls !== '0' && tls !== '1') problem(`tls is "${tls}"; set 1 or 0`)
  if (pathname !== '' && pathname !== '/') problem('nothing belongs behind the hosts but parameters')
  if (username === '' && password !== '') problem('there is a password without a user')
  const settings: KafkaSettings = {
    brokers: hostsOf(url).map((host) => (/:\d+$/.test(host) ? host : `${host}:${DEFAULT_PORT}`)),
    user: username === '' ? undefined : decode(username),
    password: decode(password),
    mechanism: mechanism ?? 'plain',
    tls: tls === '1',
    prefix,
    partitions: integer('partitions', 4, 1, 10_000),
    replication: integer('replication', -1, -1, 100),
  }
  if (settings.brokers.some((broker) => !/^(\[[0-9a-f:]+\]|[^:\s]+):\d{1,5}$/i.test(broker)))
    problem('each host should be host:port')
  if (problems.length > 0) throw new ConfigError([`STREAM_URL: ${problems.join('; ')}.`])
  return settings
}

const hostsOf = (url: string) => /^[^:]+:\/\/(?:[^/?#]*@)?([^/?#]*)/.exec(url)![1]!.split(',')
