import type { EnvReader } from '../../lib/env.ts'

export interface OrdersConfig {
  /** Each order system with its database; without a url a schema of its own in sql. */
  systems: Array<{ name: string; url: string | undefined }>
  /** Where handled orders go; unset: the schema `output` in sql. */
  output_url: string | undefined
  retry: RetryPolicy
  /** Messages that one consumer holds at once. */
  prefetch: number
  /** A larger message is dead at once. */
  max_message_bytes: number
  journal_ttl_s: number
}

export interface RetryPolicy {
  max_attempts: number
  delay_s: number
}

const SYSTEM = /^[a-z][a-z0-9_]{0,30}$/
/** The dashboard has other pages at /orders/NAME. */
const TAKEN_NAMES = ['messages', 'output']
const SCHEMES = ['postgres', 'postgresql']

export function readOrdersConfig(read: EnvReader): OrdersConfig {
  return {
    systems: readSystems(read),
    output_url: read.url('OUTPUT_DATABASE_URL', SCHEMES),
    retry: {
      max_attempts: read.integer('ORDERS_MAX_ATTEMPTS', 5, { min: 1, max: 100 }),
      delay_s: read.integer('ORDERS_RETRY_DELAY_S', 10, { max: 86_400 }),
    },
    prefetch: read.integer('ORDERS_PREFETCH', 250, { min: 1, max: 5000 }),
    max_message_bytes: read.integer('ORDERS_MAX_MESSAGE_KB', 256, { min: 1, max: 16_384 }) * 1024,
    journal_ttl_s: read.integer('JOURNAL_TTL_S', 7 * 86_400, { min: 1, max: 10 * 366 * 86_400 }),
  }
}

/** `a=postgres://…,b=postgres://…`, or names alone. */
function readSystems(read: EnvReader): OrdersConfig['systems'] {
  const systems = new Map<string, string | undefined>()
  for (const entry of read.list('SYSTEMS')) {
    const [name = '', ...rest] = entry.split('=')
    const url = rest.length === 0 ? undefined : rest.join('=')
    if (!SYSTEM.test(name))
      read.problem(
        `SYSTEMS names a system ${JSON.stringify(name.slice(0, 40))}; use a lower-case letter, then up to 30 lower-case letters, ` +
          'digits and _, and write NAME=postgres://…, separated by commas.',
      )
    else if (TAKEN_NAMES.includes(name))
      read.problem(`SYSTEMS names a system ${name}, which is a page's name; choose another.`)
    else if (systems.has(name)) read.problem(`SYSTEMS names the system ${name} twice; name it once.`)
    // The value may hold a password.
    else if (url !== undefined && !isPostgres(url))
      read.problem(`SYSTEMS has no database for ${name}; write ${name}=postgres://user:password@host:5432/database.`)
    systems.set(name, url)
  }
  if (systems.size === 0)
    return [
      { name: 'a', url: undefined },
      { name: 'b', url: undefined },
    ]
  return [...systems].map(([name, url]) => ({ name, url }))
}

const isPostgres = (url: string): boolean =>
  SCHEMES.some((scheme) => url.startsWith(`${scheme}://`)) && URL.canParse(url)

/** When attempts begin, in seconds after the first, if each fails at once. */
export const scheduleOf = ({ max_attempts, delay_s }: RetryPolicy): number[] =>
  Array.from({ length: max_attempts }, (_, i) => i * delay_s)
