import type { ApiConfig } from '../../api/config.ts'
import { connect } from '../../db/engines/connect.ts'
import { createEncryption } from '../../lib/encryption.ts'
import { generatedSecret } from '../../lib/generated-secret.ts'
import { listActiveSecrets } from '../../db/users/two-factor/two-factor.ts'
import { createLog } from '../../lib/log.ts'
import { failed, ok, type Finding } from './finding.ts'

/** Checks that codes of authenticator apps can be verified; after a move to another machine they may not. */
export async function checkTwoFactorKey(config: ApiConfig): Promise<Finding> {
  const db = await connect({ ...config.db, database_wait_s: 0 }, createLog('doctor', 'silent'), ['sql']).catch(
    () => null,
  )
  if (!db) return ok('not checked, without a database')
  try {
    const secrets = await listActiveSecrets(db.sql)
    if (secrets.length === 0) return ok('nobody signs in with a code')
    const key = config.totp_key ?? (await generatedSecret(config.db.data_dir, 'totp_key'))
    const encryption = createEncryption(key, config.totp_key_previous)
    const opened = secrets.map(({ user_id, secret }) => encryption.decrypt(secret, user_id))
    const lost = opened.filter((secret) => secret === null).length
    const stale = opened.filter((secret) => secret?.stale).length
    const found = `of ${secrets.length} users with a code, ${lost} cannot be checked, ${stale} need TOTP_KEY_PREVIOUS`
    if (lost === 0) return ok(found)
    return failed(
      found,
      'Set TOTP_KEY (unset: the file secrets/totp_key in DATA_DIR) to what it was when they enrolled, or run `bun run admin reset-2fa NAME`.',
    )
  } finally {
    await db.close()
  }
}
