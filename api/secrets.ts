/** The API's secrets: from the environment, else generated into DATA_DIR. */
import { createEncryption } from '../lib/encryption.ts'
import { generatedSecret } from '../lib/generated-secret.ts'
import { pingSecret } from '../db/monitors/tokens.ts'
import { createTokens } from './auth/tokens.ts'
import type { ApiConfig } from './config.ts'

export async function openSecrets(config: ApiConfig) {
  const generated = (name: string) => generatedSecret(config.db.data_dir, name)
  const jwt_secret = config.jwt_secret ?? (await generated('jwt_secret'))
  const totp_key = config.totp_key ?? (await generated('totp_key'))
  return {
    tokens: createTokens(jwt_secret, config.jwt_expires_s, { previous: config.jwt_secret_previous }),
    encryption: createEncryption(totp_key, config.totp_key_previous),
    ping_secret: await pingSecret(config.db.data_dir, config.ping_secret),
    service_password: config.service_password ?? (await generated('service_password')),
  }
}

/** Shows admin's generated password once, to the person at the terminal and never to the log. */
export function showPassword(password: string | null): void {
  if (password === null) return
  // `bun run up` shows it below its list of URLs.
  if (process.send) process.send({ admin_password: password })
  else process.stdout.write(`\nFirst start: sign in as admin with the password ${password} (shown only once)\n\n`)
}
