/** The API's secrets: from the environment, else generated into DATA_DIR. */
import { createEncryption } from '../lib/encryption.ts'
import { generatedSecret } from '../lib/generated-secret.ts'
import { pingSecret } from '../db/monitors/tokens.ts'
import { createFirstLinks } from './auth/first-link.ts'
import { createTokens } from './auth/tokens.ts'
import type { ApiConfig } from './config.ts'

export async function openSecrets(config: ApiConfig) {
  const generated = (name: string) => generatedSecret(config.db.data_dir, name)
  const jwt_secret = config.jwt_secret ?? (await generated('jwt_secret'))
  const totp_key = config.totp_key ?? (await generated('totp_key'))
  return {
    tokens: createTokens(jwt_secret, config.jwt_expires_s, { previous: config.jwt_secret_previous }),
    first_links: createFirstLinks(jwt_secret),
    encryption: createEncryption(totp_key, config.totp_key_previous),
    ping_secret: await pingSecret(config.db.data_dir, config.ping_secret),
    service_password: config.service_password ?? (await generated('service_password')),
  }
}

/** How to sign in for the first time: admin's password where this start has generated it, and the link where it still is good. */
export interface FirstSignIn {
  password: string | null
  link: string | null
}

/** Shows it to the person at the terminal, and never to the log. */
export function showFirstSignIn({ password, link }: FirstSignIn): void {
  // `bun run up` shows it below its list of URLs.
  if (process.send) return void (password || link ? process.send({ first_sign_in: { password, link } }) : undefined)
  const lines = [
    password && `First start: sign in as admin with the password ${password} (shown only once)`,
    link && `Choose admin's password at ${link} (good for a day)`,
  ].filter(Boolean)
  if (lines.length > 0) process.stdout.write(`\n${lines.join('\n')}\n\n`)
}
