/**
 * Defines monitors, which watch what is not Doca. A file, or a folder's index.ts, in jobs/definitions has a monitor, or a list of
 * them, as its default export. Only what such a file names is ever asked. `monitor()` refuses an option that it does not know.
 */
import {
  deadlineAfterPing,
  DNS_TYPES,
  HTTP_METHODS,
  MONITOR_NAME,
  type DnsSpec,
  type HttpSpec,
  type MonitorFacts,
  type MonitorSpec,
  type PushSpec,
  type TcpSpec,
} from '../db/monitors/spec.ts'

interface CommonOptions {
  /** Unique among monitors; lower case letters, digits and `_`. */
  name: string
}

interface AskingOptions extends CommonOptions {
  /** From one check to the next, whatever the number of replicas; 60 unless given, at least 5. */
  every_s?: number
  /** A check that takes longer fails; 10 unless given, at most `every_s`. */
  timeout_s?: number
  /** Failing checks in a row that make it down, and raise the alert; 2 unless given. */
  failures?: number
}

/**
 * The definition is kept in the database, where every replica finds it. A secret does not belong in it: `headers_from_env` names
 * environment variables, which are read where the check is made.
 */
export type MonitorOptions =
  | (AskingOptions & {
      http: Pick<HttpSpec, 'url'> &
        Partial<Omit<HttpSpec, 'url' | 'status'>> & {
          /** The status, or those, that it may answer with; 200 to 299 unless given. */
          status?: number | number[]
        }
    })
  | (AskingOptions & { tcp: Pick<TcpSpec, 'host' | 'port'> & Partial<TcpSpec> })
  | (AskingOptions & { dns: Pick<DnsSpec, 'name'> & Partial<DnsSpec> })
  | (CommonOptions & {
      /**
       * Waits for pings of another machine's job: `every_s` after the last one, or at each time of a `schedule` (in `timezone`, UTC
       * unless given). `grace_s`: how late a ping may be, and how long after /start the job may take; 300 unless given.
       */
      push: Partial<PushSpec>
    })

export type Monitor = MonitorFacts & { [IS_MONITOR]: true }

const IS_MONITOR = Symbol('monitor')

const DEFAULTS = {
  http: {
    url: '',
    method: 'GET',
    body: null,
    headers: {},
    headers_from_env: {},
    status: [],
    contains: null,
    latency_ms: null,
    certificate_days: null,
    ca: null,
    follow_to: [],
  },
  tcp: { host: '', port: 0, latency_ms: null },
  dns: { name: '', type: 'A', value: null, server: null, latency_ms: null },
  push: { every_s: null, schedule: null, timezone: 'UTC', grace_s: 300 },
} as const satisfies { [K in MonitorSpec['kind']]: Extract<MonitorSpec, { kind: K }>['ask'] }

const COMMON = ['name', 'every_s', 'timeout_s', 'failures']
const MIN_EVERY_S = 5
const DAY_S = 86_400
const YEAR_S = 366 * DAY_S

/** Defines a monitor; throws an Error that lists everything that is wrong with it. */
export function monitor(options: MonitorOptions): Monitor {
  const given = Object(options) as Record<string, unknown>
  const kinds = Object.keys(DEFAULTS).filter((kind) => kind in given) as MonitorSpec['kind'][]
  const kind = kinds[0] ?? 'http'
  const problems = kinds.length === 1 ? [] : ['give it one of http, tcp, dns and push.']
  const asked = Object(given[kind]) as Record<string, unknown>
  const merged: Record<string, unknown> = { ...DEFAULTS[kind], ...asked }
  if (kind === 'http' && typeof merged.status === 'number') merged.status = [merged.status]
  const { every_s = 60, failures = kind === 'push' ? 1 : 2 } = given as { every_s?: number; failures?: number }
  const { name, timeout_s = Math.min(10, every_s) } = given as { name: string; timeout_s?: number }
  if (typeof name !== 'string' || !MONITOR_NAME.test(name))
    problems.push('name must be lower case letters, digits and _, beginning with a letter, at most 63.')
  const known = kind === 'push' ? ['name', kind] : [...COMMON, kind]
  for (const key of Object.keys(given)) if (!known.includes(key)) problems.push(`${key} is not an option of it.`)
  for (const key of Object.keys(asked))
    if (!(key in DEFAULTS[kind])) problems.push(`${key} is not an option of ${kind}.`)
  if (!between(every_s, MIN_EVERY_S, DAY_S)) problems.push(`every_s must be a number from ${MIN_EVERY_S} to ${DAY_S}.`)
  if (!between(timeout_s, 0.1, Math.min(60, every_s)))
    problems.push('timeout_s must be a number from 0.1 to 60, at most every_s.')
  if (!Number.isInteger(failures) || !between(failures, 1, 100)) problems.push('failures must be from 1 to 100.')
  if (kinds.length === 1) problems.push(...PROBLEMS[kind](merged))
  if (problems.length > 0)
    throw new Error(`monitor ${JSON.stringify(name ?? null)} is not valid: ${problems.join(' ')}`)
  const spec = { kind, ask: merged } as unknown as MonitorSpec
  return { ...spec, name, every_s, timeout_s, failures, file: null, [IS_MONITOR]: true }
}

export function isMonitor(value: unknown): value is Monitor {
  return typeof value === 'object' && value !== null && IS_MONITOR in value
}

type Ask = Record<string, unknown>
const PROBLEMS: Record<MonitorSpec['kind'], (ask: Ask) => string[]> = { http, tcp, dns, push }

function http(ask: Ask): string[] {
  const problems = [...latency(ask), ...choice('method', ask.method, HTTP_METHODS)]
  const { url, status, certificate_days: days } = ask
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : null
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol)) problems.push('url must be an http or https address.')
  else if (parsed.username || parsed.password)
    problems.push('url holds a password; name a variable in headers_from_env instead.')
  if (!isList(status, (one) => Number.isInteger(one) && between(one, 100, 599)))
    problems.push('status must be a status, or a list of them.')
  if (!isList(ask.follow_to, isText)) problems.push('follow_to must be a list of hosts.')
  for (const key of ['headers', 'headers_from_env'])
    if (!isHeaders(ask[key])) problems.push(`${key} must be an object of header names and texts.`)
  for (const key of ['contains', 'body', 'ca'])
    if (ask[key] !== null && !isText(ask[key])) problems.push(`${key} must be a text.`)
  if (ask.body !== null && ask.method !== 'POST') problems.push("body needs method: 'POST'.")
  if (ask.contains !== null && ask.method === 'HEAD') problems.push('contains needs a body, which HEAD has not.')
  if (days !== null && !(Number.isInteger(days) && between(days, 1, 1000)))
    problems.push('certificate_days must be a whole number from 1 to 1000.')
  if (days !== null && parsed?.protocol === 'http:') problems.push('certificate_days needs an https address.')
  return problems
}

function tcp(ask: Ask): string[] {
  const problems = latency(ask)
  if (!isText(ask.host)) problems.push('host must be a name or an address.')
  if (!Number.isInteger(ask.port) || !between(ask.port, 1, 65_535)) problems.push('port must be from 1 to 65535.')
  return problems
}

function dns(ask: Ask): string[] {
  const problems = [...latency(ask), ...choice('type', ask.type, DNS_TYPES)]
  if (!isText(ask.name)) problems.push('name must be the name to look up.')
  if (ask.value !== null && !isText(ask.value)) problems.push('value must be a text.')
  if (ask.server !== null && !(isText(ask.server) && /^(?:[\d.]+|\[[\da-f:]+\])(?::\d+)?$/i.test(ask.server as string)))
    problems.push('server must be an address such as 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:53.')
  return problems
}

function push(ask: Ask): string[] {
  const problems: string[] = []
  if ((ask.every_s === null) === (ask.schedule === null)) problems.push('give push an every_s or a schedule.')
  if (ask.every_s !== null && !between(ask.every_s, 1, YEAR_S)) problems.push(`every_s must be from 1 to ${YEAR_S}.`)
  if (!between(ask.grace_s, 1, YEAR_S)) problems.push(`grace_s must be a number from 1 to ${YEAR_S}.`)
  if (problems.length > 0) return problems
  try {
    deadlineAfterPing(ask as unknown as PushSpec, new Date())
  } catch (thrown) {
    problems.push((thrown as Error).message)
  }
  return problems
}

const latency = ({ latency_ms }: Ask): string[] =>
  latency_ms === null || between(latency_ms, 1, 60_000) ? [] : ['latency_ms must be a number from 1 to 60000.']

const choice = (name: string, value: unknown, choices: readonly string[]) =>
  choices.includes(value as string) ? [] : [`${name} must be one of ${choices.join(', ')}.`]

const between = (value: unknown, min: number, max: number) => typeof value === 'number' && value >= min && value <= max

const isText = (value: unknown) =>
  typeof value === 'string' && value !== '' && !value.includes('\0') && value.isWellFormed()
const isList = (value: unknown, fits: (one: unknown) => boolean) => Array.isArray(value) && value.every(fits)

function isHeaders(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !Object.values(value).every(isText)) return false
  try {
    return Boolean(new Headers(value as Record<string, string>))
  } catch {
    return false
  }
}
