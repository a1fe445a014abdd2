/**
 * Reads configuration from environment variables.
 *
 * Problems are collected, so that a person sees all of them at once: `finish()` throws one ConfigError that lists each with
 * how to fix it. Nothing here reads `process.env`; it is an argument.
 */

import { isTimezone } from './calendar.ts'
import { AppError } from './errors.ts'
import { LOCALES, type Locale } from './texts.ts'

export type Env = Record<string, string | undefined>

export class ConfigError extends AppError {
  constructor(readonly problems: string[]) {
    // Those who start a program read them, at its start: each problem is in English.
    const list = problems.map((problem) => `  - ${problem}`).join('\n')
    super('configuration', 'configuration_invalid', {
      en: `Configuration has ${problems.length} problem(s):\n${list}`,
      pt: `A configuração tem ${problems.length} problema(s):\n${list}`,
    })
    this.name = 'ConfigError'
  }
}

export type EnvReader = ReturnType<typeof envReader>

/** A variable that was read. */
export interface Setting {
  name: string
  /** In force: as it was set, else the default; null where it is unset and has none. */
  value: string | null
  is_set: boolean
}

/** A reader over `env`; an empty variable counts as unset. */
export function envReader(env: Env) {
  const problems: string[] = []
  const settings = new Map<string, Setting>()
  const raw = (name: string, fallback: string | null = null) => {
    const text = env[name]?.trim() || undefined
    const known = settings.get(name)
    settings.set(name, { name, value: text ?? fallback ?? known?.value ?? null, is_set: text !== undefined })
    return text
  }

  function text(name: string): string | undefined
  function text(name: string, fallback: string): string
  function text(name: string, fallback?: string): string | undefined {
    return raw(name, fallback) ?? fallback
  }

  function url(name: string, schemes: readonly string[]): string | undefined
  function url(name: string, schemes: readonly string[], fallback: string): string
  function url(name: string, schemes: readonly string[], fallback?: string): string | undefined {
    const text = raw(name, fallback)
    if (text === undefined) return fallback
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase()
    const expected = schemes.map((s) => `${s}://`).join(' or ')
    if (!scheme) problems.push(`${name} is not a URL; it should start with ${expected}.`)
    else if (!schemes.includes(scheme)) problems.push(`${name} starts with ${scheme}://; it should be ${expected}.`)
    else if (!URL.canParse(firstHostOnly(text)))
      problems.push(`${name} cannot be read as a URL; encode special characters in it.`)
    else return text
    return fallback
  }

  function integer(name: string, fallback: number, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}): number {
    const text = raw(name, String(fallback))
    if (text === undefined) return fallback
    const value = Number(text)
    if (/^-?\d+$/.test(text) && value >= min && value <= max) return value
    problems.push(`${name} is "${text}"; set a whole number from ${min} to ${max}, or unset it for ${fallback}.`)
    return fallback
  }

  return {
    /** True with NODE_ENV=production. */
    production: raw('NODE_ENV') === 'production',
    problem: (sentence: string) => void problems.push(sentence),
    /** Its value, else `fallback`. */
    text,
    integer,
    port: (name: string, fallback: number) => integer(name, fallback, { min: 1, max: 65_535 }),

    choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
      const text = raw(name, fallback)
      if (text === undefined) return fallback
      if ((choices as readonly string[]).includes(text)) return text as T
      problems.push(`${name} is "${text}"; set one of ${choices.join(', ')}, or unset it for ${fallback}.`)
      return fallback
    },

    timezone(name: string, fallback: string): string {
      const text = raw(name, fallback)
      if (text === undefined || isTimezone(text)) return text ?? fallback
      problems.push(
        `${name} is "${text}"; set an IANA zone such as America/Manaus or UTC, or unset it for ${fallback}.`,
      )
      return fallback
    },

    list(name: string): string[] {
      const text = raw(name) ?? ''
      return text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean)
    },

    /** A URL, which may name several hosts, whose scheme is one of `schemes` (without colon); the value never appears in a message, it may hold a password. */
    url,

    /** What was read, by name. Throws ConfigError when any problem was met. */
    finish(): Setting[] {
      if (problems.length > 0) throw new ConfigError(problems)
      return [...settings.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
    },
  }
}

/** The default language of texts. */
export const readLocale = (read: EnvReader): Locale => read.choice('LOCALE', LOCALES, 'pt-BR')

/** The URL with the first host only: `kafka://a:1,b:2/x` names several, which URL cannot parse. */
export function firstHostOnly(url: string): string {
  return url.replace(/^([a-z0-9+.-]+:\/\/(?:[^/?#]*@)?[^,/?#]*)[^/?#]*/i, '$1')
}
