/** CACHE_URL: redis://[user:password@]host:port/db?prefix=…, or rediss:// for TLS. */
import { ConfigError } from '../../../../lib/env.ts'

export interface RedisEndpoint {
  host: string
  port: number
  username: string | undefined
  password: string | undefined
  tls: boolean
  /** The number of the database on that server. */
  db: number
  /** Goes before every key, so that several systems can share a database. */
  prefix: string
}

/** Throws ConfigError with the whole sentence; it never holds the password. */
export function readRedisUrl(text: string): RedisEndpoint {
  const url = new URL(text)
  const db = url.pathname.replace(/^\//, '') || '0'
  if (!/^\d{1,5}$/.test(db)) throw invalid('ends in a database that is no number; end it in /0')
  for (const name of url.searchParams.keys())
    if (name !== 'prefix') throw invalid(`has a parameter "${name}"; the only one there is is prefix`)
  if (!url.hostname) throw invalid('names no host; write redis://host:6379/0')
  return {
    // A URL writes an IPv6 address in brackets.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 6379),
    username: url.username ? decode(url.username) : undefined,
    password: url.password ? decode(url.password) : undefined,
    tls: url.protocol === 'rediss:',
    db: Number(db),
    prefix: url.searchParams.get('prefix') ?? '',
  }
}

export const nameOf = ({ host, port }: RedisEndpoint) => `Redis (${host}:${port})`

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw invalid('has a % in its user or password that stands for nothing; write it as %25')
  }
}

const invalid = (what: string) => new ConfigError([`CACHE_URL ${what}.`])
