/** The definition of a monitor with all its defaults, as its row keeps it: any replica can ask for it. */
import { readSchedule } from '../jobs/schedule.ts'

export const MONITOR_KINDS = ['http', 'tcp', 'dns', 'push'] as const
export type MonitorKind = (typeof MONITOR_KINDS)[number]

export const HTTP_METHODS = ['GET', 'HEAD', 'POST'] as const
export const DNS_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT'] as const

export interface HttpSpec {
  url: string
  method: (typeof HTTP_METHODS)[number]
  /** Of a POST. */
  body: string | null
  headers: Record<string, string>
  /** By header, the environment variable that has its value: a secret that no row holds. */
  headers_from_env: Record<string, string>
  /** Empty: 200 to 299. */
  status: number[]
  contains: string | null
  latency_ms: number | null
  /** The certificate is to be good for at least so many more days. */
  certificate_days: number | null
  /** Certificates, in PEM, that are trusted besides the system's. */
  ca: string | null
  /** Names of hosts that a redirect may lead to, beside the URL's own. */
  follow_to: string[]
}

export interface TcpSpec {
  host: string
  port: number
  latency_ms: number | null
}

export interface DnsSpec {
  name: string
  type: (typeof DNS_TYPES)[number]
  /** One of the records; null: any record at all. */
  value: string | null
  /** Address and port; null: the system's. */
  server: string | null
  latency_ms: number | null
}

/** A ping is expected `every_s` after the last one, or at each time of the schedule. */
export interface PushSpec {
  every_s: number | null
  schedule: string | null
  timezone: string
  grace_s: number
}

export type MonitorSpec =
  | { kind: 'http'; ask: HttpSpec }
  | { kind: 'tcp'; ask: TcpSpec }
  | { kind: 'dns'; ask: DnsSpec }
  | { kind: 'push'; ask: PushSpec }

/** A monitor as its file defines it. */
export type MonitorFacts = MonitorSpec & {
  name: string
  /** Of a push monitor without meaning. */
  every_s: number
  timeout_s: number
  /** Failing checks in a row that make it down. */
  failures: number
  file: string | null
}

/** Names of monitors. */
export const MONITOR_NAME = /^[a-z][a-z0-9_]{0,62}$/

/** The address that is asked, without what may be secret in it. */
export function targetOf(spec: MonitorSpec): string {
  switch (spec.kind) {
    case 'http': {
      const { origin, pathname } = new URL(spec.ask.url)
      return `${origin}${pathname}`
    }
    case 'tcp':
      return `${spec.ask.host}:${spec.ask.port}`
    case 'dns':
      return `${spec.ask.name} ${spec.ask.type}`
    case 'push':
      return spec.ask.schedule ?? `every ${spec.ask.every_s} s`
  }
}

/** The machines' clocks may differ by so much: a ping this short before its time is the one of that time. */
const EARLY_MS = 60_000

/** Until when the next ping is to have come, after one at `time`. */
export function deadlineAfterPing({ every_s, schedule, timezone, grace_s }: PushSpec, time: Date): Date {
  if (schedule === null) return later(time, every_s! + grace_s)
  const { next } = readSchedule(schedule, timezone)
  const due = next(time)
  const following = due && next(due)
  if (!due || !following) return due ? later(due, grace_s) : NEVER
  const early_ms = Math.min(EARLY_MS, (following.getTime() - due.getTime()) / 4)
  return later(due.getTime() - time.getTime() < early_ms ? following : due, grace_s)
}

/** The same after a deadline that passed without a ping, `now` being later than it. */
export function deadlineAfterNone({ every_s, schedule, timezone, grace_s }: PushSpec, now: Date): Date {
  if (schedule === null) return later(now, every_s!)
  const due = readSchedule(schedule, timezone).next(later(now, -grace_s))
  return due ? later(due, grace_s) : NEVER
}

const later = (time: Date, seconds: number) => new Date(time.getTime() + seconds * 1000)
const NEVER = new Date('9999-12-31T00:00:00Z')
