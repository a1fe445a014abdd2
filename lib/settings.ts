/** Where the values of a program's variables come from, and what of them may be shown: never a secret, nor a password in a URL. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Env, Setting } from './env.ts'

export type SettingSource = 'default' | 'dotenv' | 'environment'

export interface ShownSetting {
  name: string
  /** null: unset and without a default, or a secret. */
  value: string | null
  /** Its value is not shown. */
  is_secret: boolean
  source: SettingSource
}

/** `dotenv`: of the files that Bun has loaded. A variable that stands in both with one value is theirs. */
export function showSettings(settings: readonly Setting[], dotenv: Env): ShownSetting[] {
  return settings.map(({ name, value, is_set }) => {
    const is_secret = isSecret(name)
    const source = !is_set ? 'default' : dotenv[name]?.trim() === value ? 'dotenv' : 'environment'
    return { name, value: is_secret || value === null ? null : withoutCredentials(value), is_secret, source }
  })
}

/** Whoever knows a webhook's URL may post to it. */
const isSecret = (name: string): boolean =>
  /(?:^|_)(?:SECRET|PASSWORD|KEY|TOKEN|KEY_ID)(?:_PREVIOUS)?$|_WEBHOOK_URL$/.test(name) || name === 'PING_URL'

/** A URL, or each of `name=URL,name=URL`, without its user, and without parameters other than placeholders, which may hold a key. */
export function withoutCredentials(text: string): string {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(text) ?? []
  if (scheme === undefined || rest === undefined)
    return text.replaceAll(/(?<==)[a-z][a-z0-9+.-]*:\/\/[^,]*/gi, (url) => withoutCredentials(url))
  // The last @: one in a password may stand as it is.
  const [address = ''] = rest.slice(rest.lastIndexOf('@') + 1).split(/[?#]/)
  return scheme + address
}

/** As Bun loads them: a later file has the last word. */
export function readDotenv(folder: string, node_env: string | undefined): Env {
  const names = ['.env', `.env.${node_env || 'development'}`, '.env.local']
  return Object.assign({}, ...names.map((name) => readEnvFile(join(folder, name))))
}

function readEnvFile(path: string): Env {
  try {
    return parseEnv(readFileSync(path, 'utf8'))
  } catch {
    // There is none, or this user may not read it.
    return {}
  }
}
