/**
 * The tokens of push URLs: a monitor's name, and the MAC of it with a secret of this installation. So a token needs no table,
 * is the same after every restart, and a wrong one costs one MAC and no statement.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { generatedSecret } from '../../lib/generated-secret.ts'
import type { EnvReader } from '../../lib/env.ts'
import { MONITOR_NAME } from './spec.ts'

/** Of base64url, 192 bits. */
const MAC_CHARACTERS = 32
const TOKEN = new RegExp(`^([a-z][a-z0-9_]{0,62})\\.([\\w-]{${MAC_CHARACTERS}})$`)

export const pingToken = (secret: string, name: string): string => `${name}.${macOf(secret, name)}`

/** The monitor whose token it is; null for any other text. */
export function monitorOfToken(secret: string, token: string): string | null {
  const [, name = '', mac = ''] = TOKEN.exec(token) ?? []
  const right = macOf(secret, name)
  const same = timingSafeEqual(Buffer.from(right), Buffer.from(mac.padEnd(MAC_CHARACTERS)))
  return same && MONITOR_NAME.test(name) ? name : null
}

function macOf(secret: string, name: string): string {
  return createHmac('sha256', secret).update(`ping ${name}`).digest('base64url').slice(0, MAC_CHARACTERS)
}

/** PING_SECRET, or the generated one. */
export const pingSecret = async (data_dir: string, configured: string | undefined): Promise<string> =>
  configured ?? (await generatedSecret(data_dir, 'ping_secret'))

/** Of the environment. */
export function readPingSecret(read: EnvReader): string | undefined {
  const secret = read.text('PING_SECRET')
  if (secret !== undefined && Buffer.byteLength(secret) < 32)
    read.problem('PING_SECRET is shorter than 32 bytes; set a longer random one, or unset it.')
  return secret
}
