/** QUEUE_URL: amqp://user:password@host:port/vhost, or amqps:// for TLS. */
import { ConfigError } from '../../../../lib/env.ts'

export interface RabbitmqEndpoint {
  host: string
  port: number
  username: string
  password: string
  vhost: string
  tls: boolean
}

/** Throws ConfigError with the whole sentence; it never holds the password. */
export function readRabbitmqUrl(text: string): RabbitmqEndpoint {
  if (!URL.canParse(text)) throw invalid('names several hosts or none; name one, e.g. a load balancer of the cluster')
  const url = new URL(text)
  for (const name of url.searchParams.keys()) throw invalid(`has a parameter "${name}"; it takes none`)
  if (!url.hostname) throw invalid('names no host; write amqp://user:password@host:5672/vhost')
  if (!url.username || !url.password) throw invalid('names no user and password; write amqp://user:password@host/vhost')
  const path = url.pathname.replace(/^\//, '')
  if (path.includes('/')) throw invalid('has a virtual host with a / in it; write the / as %2F')
  const tls = url.protocol === 'amqps:'
  return {
    // A URL writes an IPv6 address in brackets.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || (tls ? 5671 : 5672)),
    username: decode(url.username),
    password: decode(url.password),
    vhost: decode(path) || '/',
    tls,
  }
}

export const nameOf = ({ host, port }: RabbitmqEndpoint) => `RabbitMQ (${host}:${port})`

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw invalid('has a % that stands for nothing; write it as %25')
  }
}

const invalid = (what: string) => new ConfigError([`QUEUE_URL ${what}.`])
