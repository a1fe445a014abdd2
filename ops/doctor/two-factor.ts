import type { ApiConfig } from '../../api/config.ts'
import { connect } from '../../db/engines/connect.ts'
import { createEncryption } from '../../lib/encryption.ts'
import { generatedSecret } from '../../lib/generated-secret.ts'
import { listActiveSecrets } from '../../db/users/two-factor/two-factor.ts'
import { createLog } from '../../lib/log.ts'
import type { Finding } from '../doctor.ts'

/** Whether codes of authenticator apps can be checked here, which after a move to another machine they may not. */
export async function checkTwoFactorKey(config: ApiConfig): Promise<Omit<Finding, 'check'>> {
  const db = await connect({ ...config.db, database_wait_s: 0 }, createLog('doctor', 'silent'), ['sql']).catch(
    () => null,
  )
  if (!db) return { status: 'ok', found: 'not looked at, without a database', fix: null }
  try {
    const secrets = await listActiveSecrets(db.sql)
    if (secrets.length === 0) return { status: 'ok', found: 'nobody signs in with a code', fix: null }
    const key = config.totp_key ?? (await generatedSecret(config.db.data_dir, 'totp_key'))
    const encryption = createEncryption(key, config.totp_key_previous)
    const opened = secrets.map(({ user_id, secret }) => encryption.decrypt(secret, user_id))
    const lost = opened.filter((secret) => secret === null).length
    const stale = opened.filter((secret) => secret?.stale).length
    const found = `of ${secrets.length} users with a code, ${lost} cannot be checked, ${stale} need TOTP_KEY_PREVIOUS`
    return {
      status: lost > 0 ? 'failed' : 'ok',
      found,
      fix:
        lost > 0
          ? 'Set TOTP_KEY (unset: the file secrets/totp_key in DATA_DIR) to what it was when they enrolled, or run `bun run admin reset-2fa NAME`.'
          : null,
    }
  } finally {
    await db.close()
  }
}
