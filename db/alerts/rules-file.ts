/**
 * The file in which a team changes the rules of alerts (alerts.example.toml): entries that each name rules and subjects, and what
 * holds for those. Every problem is found at once, and says how to fix it.
 */
import { readFileSync } from 'node:fs'
import { isTimezone } from '../../lib/calendar.ts'
import { messageOf } from '../../lib/errors.ts'
import { ALIASES, RULE_NAMES, SEVERITIES, THRESHOLDS, type Alias, type RuleName } from './rules.ts'
import { DAY_MIN, DAYS, type QuietHours, type RuleChange, type Settings } from './settings.ts'

export interface FileTerms {
  /** Every channel there can be, and whether it is configured. */
  channels: Map<string, boolean>
  /** Of quiet hours that name none. */
  timezone: string
  problem(sentence: string): void
}

/** What the file changes; a file that is not there changes nothing, which `wanted` makes a problem. */
export function readRulesFile(path: string, wanted: boolean, terms: FileTerms): RuleChange[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (thrown) {
    const missing = (thrown as NodeJS.ErrnoException).code === 'ENOENT'
    if (!missing) terms.problem(`${path} cannot be read (${messageOf(thrown)}); give it to the user of the programs.`)
    else if (wanted) terms.problem(`${path} is not there; correct ALERT_RULES, or unset it.`)
    return []
  }
  return readRules(text, { ...terms, problem: (sentence) => terms.problem(`${path}: ${sentence}`) })
}

type Table = Record<string, unknown>

export function readRules(text: string, terms: FileTerms): RuleChange[] {
  let file: Table
  try {
    file = Bun.TOML.parse(text) as Table
  } catch (thrown) {
    const said = messageOf(thrown).replace(/^TOML Parse error: /, '')
    terms.problem(`it is no TOML near line ${lineOfError(text)}: ${said}`)
    return []
  }
  const { rule: entries = [], ...others } = file
  for (const key of Object.keys(others))
    terms.problem(`"${key}" stands outside of an entry; write [[rule]] above it, or take it away.`)
  if (!isList(entries, isTable)) {
    terms.problem('"rule" is no list of entries; begin each with [[rule]].')
    return []
  }
  return entries.map((entry, i) => {
    const named = [entry.rule].flat().filter((one) => typeof one === 'string')
    const at = `entry ${i + 1}${named.length > 0 ? ` (${named.join(', ')})` : ''}`
    return new Entry(entry, { ...terms, problem: (sentence) => terms.problem(`${at}: ${sentence}`) }).read()
  })
}

/** The line after the longest beginning that can be read. */
function lineOfError(text: string): number {
  const lines = text.split('\n')
  for (let count = lines.length - 1; count > 0; count--)
    try {
      Bun.TOML.parse(lines.slice(0, count).join('\n'))
      return count + 1
    } catch {
      // Ends in the error, or within something.
    }
  return 1
}

const NAMES: readonly string[] = [...RULE_NAMES, ...Object.keys(ALIASES)]

class Entry {
  #entry: Table
  #terms: FileTerms

  constructor(entry: Table, terms: FileTerms) {
    this.#entry = entry
    this.#terms = terms
  }

  read(): RuleChange {
    const rules = this.#names('rule', NAMES) as Array<RuleName | Alias> | null
    const subjects = this.#names('for', null)
    const set: Partial<Settings> = {}
    const setters: Record<string, (value: unknown) => void> = {
      severity: (value) => void (set.severity = this.#oneOf('severity', value, SEVERITIES)),
      failures: (value) => void (set.failures = this.#whole('failures', value)),
      successes: (value) => void (set.successes = this.#whole('successes', value)),
      remind: (value) => void (set.remind_s = value === false ? null : this.#duration('remind', value, ', or false')),
      threshold: (value) => void Object.assign(set, this.#threshold(rules, value)),
      channels: () => void (set.channels = this.#channels()),
      quiet: (value) => void (set.quiet = [value].flat().map((hours) => this.#quiet(hours))),
      mute: (value) => void (set.mute = this.#boolean('mute', value)),
      flapping: (value) => void (set.flapping = value === false ? null : this.#flapping(value)),
    }
    const { rule: _, for: __, ...given } = this.#entry
    if (Object.keys(given).length === 0) this.#problem(`changes nothing; set ${list(Object.keys(setters))}.`)
    for (const [key, value] of Object.entries(given)) {
      if (setters[key]) setters[key](value)
      else this.#problem(`"${key}" is unknown; write ${list(['rule', 'for', ...Object.keys(setters)])}.`)
    }
    return { rules, subjects, set }
  }

  /** Never used where there was a problem: the program does not start. */
  #problem(sentence: string): undefined {
    this.#terms.problem(sentence)
  }

  /** A name or a list of them; null where the key is not there. */
  #names(key: string, known: readonly string[] | null): string[] | null {
    const value = this.#entry[key]
    if (value === undefined) return null
    const names = [value].flat()
    if (names.length === 0 || !isList(names, isName)) {
      this.#problem(`${key} is ${said(value)}; write a name or a list of names in quotation marks.`)
      return []
    }
    for (const name of names)
      if (known && !known.includes(name)) this.#problem(`${key} has "${name}"; write ${list(known)}.`)
    return names
  }

  #channels(): string[] {
    const { channels } = this.#terms
    const names = this.#names('channels', [...channels.keys()]) ?? []
    for (const name of names)
      if (channels.get(name) === false)
        this.#problem(
          `channels has "${name}", which is not configured; set its variables (.env.example), or leave it out.`,
        )
    return names
  }

  #oneOf<T extends string>(key: string, value: unknown, known: readonly T[]): T {
    if (!(known as readonly unknown[]).includes(value)) this.#problem(`${key} is ${said(value)}; write ${list(known)}.`)
    return value as T
  }

  #whole(key: string, value: unknown, max = 1000, min = 1): number {
    if (!Number.isInteger(value) || (value as number) < min || (value as number) > max)
      this.#problem(`${key} is ${said(value)}; write a whole number from ${min} to ${max}.`)
    return value as number
  }

  #boolean(key: string, value: unknown): boolean {
    if (typeof value !== 'boolean') this.#problem(`${key} is ${said(value)}; write true or false.`)
    return value === true
  }

  /** In seconds. */
  #duration(key: string, value: unknown, or = ''): number {
    const [, count, unit] = (typeof value === 'string' && /^(\d{1,6}) ?([smhd])$/.exec(value)) || []
    const seconds = Number(count) * UNITS_S[unit as keyof typeof UNITS_S]
    if (seconds > 0) return seconds
    this.#problem(`${key} is ${said(value)}; write a duration such as "90s", "15m", "4h" or "2d"${or}.`)
    return 0
  }

  #threshold(rules: RuleChange['rules'], value: unknown): Pick<Partial<Settings>, 'threshold' | 'threshold_s'> {
    const units = new Set((rules ?? RULE_NAMES).map((rule) => THRESHOLDS[rule as RuleName]))
    const [unit, ...more] = units
    if (unit === undefined || more.length > 0) {
      const having = list(Object.keys(THRESHOLDS))
      this.#problem(`threshold means nothing there; write it in an entry whose rule is ${having}.`)
      return {}
    }
    if (unit === 'count or duration' && typeof value === 'string')
      return { threshold_s: this.#duration('threshold', value, ', or a number') }
    if (unit === 'duration') return { threshold: this.#duration('threshold', value) }
    if (unit !== 'percent') return { threshold: this.#whole('threshold', value, 1_000_000_000, 0) }
    if (typeof value !== 'number' || !(value >= 0 && value <= 100))
      this.#problem(`threshold is ${said(value)}; write a percentage from 0 to 100.`)
    return { threshold: value as number }
  }

  #quiet(value: unknown): QuietHours {
    const { from, to, days = [...DAYS], timezone = this.#terms.timezone, ...others } = isTable(value) ? value : {}
    if (!isTable(value) || Object.keys(others).length > 0)
      this.#problem(
        `quiet is ${said(value)}; write { from = "22:00", to = "07:00", days = ["sat", "sun"], timezone = "America/Sao_Paulo" }.`,
      )
    else {
      if (typeof timezone !== 'string' || !isTimezone(timezone))
        this.#problem(`quiet.timezone is ${said(timezone)}; write an IANA zone such as America/Manaus or UTC.`)
      if (!isList(days, isDay) || days.length === 0)
        this.#problem(`quiet.days is ${said(days)}; write ${list(DAYS)} in a list.`)
    }
    return {
      from: this.#minute('quiet.from', from),
      to: this.#minute('quiet.to', to),
      days: isList(days, isDay) ? days.map((day) => DAYS.indexOf(day)) : [],
      timezone: timezone as string,
    }
  }

  /** TOML has times of its own, with seconds. */
  #minute(key: string, value: unknown): number {
    const [, hour, minute] = /^(\d\d):(\d\d)(?::00)?$/.exec(String(value)) ?? []
    const minutes = Number(hour) * 60 + Number(minute)
    if (Number(minute) < 60 && minutes <= DAY_MIN) return minutes
    this.#problem(`${key} is ${said(value)}; write a time such as "22:00", at most "24:00".`)
    return 0
  }

  #flapping(value: unknown): Settings['flapping'] {
    const { times, within, steady, ...others } = isTable(value) ? value : {}
    if (!isTable(value) || Object.keys(others).length > 0) {
      this.#problem(`flapping is ${said(value)}; write { times = 3, within = "1h", steady = "20m" }, or false.`)
      return null
    }
    return {
      times: this.#whole('flapping.times', times, 1000, 2),
      within_s: this.#duration('flapping.within', within),
      steady_s: this.#duration('flapping.steady', steady),
    }
  }
}

const UNITS_S = { s: 1, m: 60, h: 3600, d: 86_400 }

const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null && !Array.isArray(value)
const isName = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''
const isDay = (value: unknown): value is (typeof DAYS)[number] => (DAYS as readonly unknown[]).includes(value)
const isList = <T>(value: unknown, is: (one: unknown) => one is T): value is T[] =>
  Array.isArray(value) && value.every(is)

const list = (names: readonly string[]) => (names.length > 1 ? `one of ${names.join(', ')}` : names.join())
const said = (value: unknown) => (value === undefined ? 'not there' : (JSON.stringify(value) ?? String(value)))
