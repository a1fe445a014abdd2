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
import { sentenceOf } from '../lib/errors.ts'
import type { Translated } from '../lib/texts.ts'
import { between, choice, nameWanted, notValid, numberWanted } from './option-problems.ts'

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

/** Defines a monitor; throws AppError monitor_invalid, which lists everything that is wrong with it. */
export function monitor(options: MonitorOptions): Monitor {
  const given = Object(options) as Record<string, unknown>
  const kinds = Object.keys(DEFAULTS).filter((kind) => kind in given) as MonitorSpec['kind'][]
  const kind = kinds[0] ?? 'http'
  const problems: Translated[] = []
  if (kinds.length !== 1)
    problems.push({ en: 'give it one of http, tcp, dns and push.', pt: 'informe um só: http, tcp, dns ou push.' })
  const asked = Object(given[kind]) as Record<string, unknown>
  const merged: Record<string, unknown> = { ...DEFAULTS[kind], ...asked }
  if (kind === 'http' && typeof merged.status === 'number') merged.status = [merged.status]
  const { every_s = 60, failures = kind === 'push' ? 1 : 2 } = given as { every_s?: number; failures?: number }
  const { name, timeout_s = Math.min(10, every_s) } = given as { name: string; timeout_s?: number }
  if (typeof name !== 'string' || !MONITOR_NAME.test(name)) problems.push(nameWanted('name'))
  const known = kind === 'push' ? ['name', kind] : [...COMMON, kind]
  for (const key of Object.keys(given))
    if (!known.includes(key))
      problems.push({ en: `${key} is not an option of it.`, pt: `${key} não é uma opção dele.` })
  for (const key of Object.keys(asked))
    if (!(key in DEFAULTS[kind]))
      problems.push({ en: `${key} is not an option of ${kind}.`, pt: `${key} não é uma opção de ${kind}.` })
  if (!between(every_s, MIN_EVERY_S, DAY_S)) problems.push(numberWanted('every_s', MIN_EVERY_S, DAY_S))
  if (!between(timeout_s, 0.1, Math.min(60, every_s)))
    problems.push({
      en: 'timeout_s must be a number from 0.1 to 60, at most every_s.',
      pt: 'timeout_s deve ser um número de 0.1 a 60, no máximo every_s.',
    })
  if (!Number.isInteger(failures) || !between(failures, 1, 100))
    problems.push(numberWanted('failures', 1, 100, 'whole'))
  if (kinds.length === 1) problems.push(...PROBLEMS[kind](merged))
  if (problems.length > 0) throw notValid('monitor', name, problems)
  const spec = { kind, ask: merged } as unknown as MonitorSpec
  return { ...spec, name, every_s, timeout_s, failures, file: null, [IS_MONITOR]: true }
}

export function isMonitor(value: unknown): value is Monitor {
  return typeof value === 'object' && value !== null && IS_MONITOR in value
}

type Ask = Record<string, unknown>
const PROBLEMS: Record<MonitorSpec['kind'], (ask: Ask) => Translated[]> = { http, tcp, dns, push }

function http(ask: Ask): Translated[] {
  const problems = [...latency(ask), ...choice('method', ask.method, HTTP_METHODS)]
  const { url, status, certificate_days: days } = ask
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : null
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol))
    problems.push({ en: 'url must be an http or https address.', pt: 'url deve ser um endereço http ou https.' })
  else if (parsed.username || parsed.password)
    problems.push({
      en: 'url holds a password; name a variable in headers_from_env instead.',
      pt: 'url contém uma senha; em vez disso, indique uma variável em headers_from_env.',
    })
  if (!isList(status, (one) => Number.isInteger(one) && between(one, 100, 599)))
    problems.push({
      en: 'status must be a status, or a list of them.',
      pt: 'status deve ser um status, ou uma lista deles.',
    })
  if (!isList(ask.follow_to, isText))
    problems.push({ en: 'follow_to must be a list of hosts.', pt: 'follow_to deve ser uma lista de hosts.' })
  for (const key of ['headers', 'headers_from_env'])
    if (!isHeaders(ask[key]))
      problems.push({
        en: `${key} must be an object of header names and texts.`,
        pt: `${key} deve ser um objeto de nomes de cabeçalhos e textos.`,
      })
  for (const key of ['contains', 'body', 'ca'])
    if (ask[key] !== null && !isText(ask[key])) problems.push(textWanted(key))
  if (ask.body !== null && ask.method !== 'POST')
    problems.push({ en: "body needs method: 'POST'.", pt: "body precisa de method: 'POST'." })
  if (ask.contains !== null && ask.method === 'HEAD')
    problems.push({
      en: 'contains needs a body, which HEAD has not.',
      pt: 'contains precisa de um corpo, que HEAD não tem.',
    })
  if (days !== null && !(Number.isInteger(days) && between(days, 1, 1000)))
    problems.push(numberWanted('certificate_days', 1, 1000, 'whole'))
  if (days !== null && parsed?.protocol === 'http:')
    problems.push({
      en: 'certificate_days needs an https address.',
      pt: 'certificate_days precisa de um endereço https.',
    })
  return problems
}

function tcp(ask: Ask): Translated[] {
  const problems = latency(ask)
  if (!isText(ask.host))
    problems.push({ en: 'host must be a name or an address.', pt: 'host deve ser um nome ou um endereço.' })
  if (!Number.isInteger(ask.port) || !between(ask.port, 1, 65_535))
    problems.push(numberWanted('port', 1, 65_535, 'whole'))
  return problems
}

function dns(ask: Ask): Translated[] {
  const problems = [...latency(ask), ...choice('type', ask.type, DNS_TYPES)]
  if (!isText(ask.name))
    problems.push({ en: 'name must be the name to look up.', pt: 'name deve ser o nome a consultar.' })
  if (ask.value !== null && !isText(ask.value)) problems.push(textWanted('value'))
  if (ask.server !== null && !(isText(ask.server) && /^(?:[\d.]+|\[[\da-f:]+\])(?::\d+)?$/i.test(ask.server as string)))
    problems.push({
      en: 'server must be an address such as 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:53.',
      pt: 'server deve ser um endereço como 192.0.2.1, 192.0.2.1:5353 ou [2001:db8::1]:53.',
    })
  return problems
}

function push(ask: Ask): Translated[] {
  const problems: Translated[] = []
  if ((ask.every_s === null) === (ask.schedule === null))
    problems.push({ en: 'give push an every_s or a schedule.', pt: 'dê a push um every_s ou um schedule.' })
  if (ask.every_s !== null && !between(ask.every_s, 1, YEAR_S)) problems.push(numberWanted('every_s', 1, YEAR_S))
  if (!between(ask.grace_s, 1, YEAR_S)) problems.push(numberWanted('grace_s', 1, YEAR_S))
  if (problems.length > 0) return problems
  try {
    deadlineAfterPing(ask as unknown as PushSpec, new Date())
  } catch (thrown) {
    problems.push(sentenceOf(thrown))
  }
  return problems
}

const latency = ({ latency_ms }: Ask): Translated[] =>
  latency_ms === null || between(latency_ms, 1, 60_000) ? [] : [numberWanted('latency_ms', 1, 60_000)]

const textWanted = (option: string): Translated => ({
  en: `${option} must be a text.`,
  pt: `${option} deve ser um texto.`,
})

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
