/** BACKUP_KEY, BACKUP_URL and BACKUP_MAX_AGE_H, for the programs that make, check or watch backups. */
import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EnvReader } from '../../lib/env.ts'
import { checkBucket } from '../engines/config.ts'

export interface BackupConfig {
  /** Encrypts backups; unset: they can be read by whoever has them. */
  backup_key: string | undefined
  /** Where copies of backups go, a bucket or a folder; unset: nowhere. */
  backup_url: string | undefined
  /** The newest good backup may be this old, hours. */
  backup_max_age_h: number
}

export function readBackupConfig(env: EnvReader): BackupConfig {
  return {
    backup_key: readKey(env),
    backup_url: readUrl(env),
    backup_max_age_h: env.integer('BACKUP_MAX_AGE_H', 26, { min: 1, max: 8760 }),
  }
}

/** The folder that BACKUP_URL names, by its path or as file://; null when it is no folder of this machine. */
export function copiesFolder(url: string): string | null {
  if (isAbsolute(url)) return url
  try {
    return fileURLToPath(url)
  } catch {
    return null
  }
}

const MIN_KEY_BYTES = 32

function readKey(env: EnvReader): string | undefined {
  const key = env.text('BACKUP_KEY')
  if (key !== undefined && Buffer.byteLength(key) < MIN_KEY_BYTES)
    env.problem(
      `BACKUP_KEY is too short; give it ${MIN_KEY_BYTES} bytes or more, such as \`openssl rand -hex 32\` makes.`,
    )
  return key
}

function readUrl(env: EnvReader): string | undefined {
  const text = env.text('BACKUP_URL')
  if (text === undefined || isAbsolute(text)) return text
  const url = env.url('BACKUP_URL', ['s3', 'file'])
  if (url?.startsWith('file:')) {
    if (copiesFolder(url) === null) env.problem('BACKUP_URL names a folder on another machine; write file:///folder.')
  } else if (url !== undefined) {
    checkBucket(env, 'BACKUP_URL', url)
    const objects = env.text('OBJECTS_URL')
    if (objects !== undefined && URL.canParse(objects) && new URL(objects).hostname === new URL(url).hostname)
      env.problem(
        'BACKUP_URL is the bucket of OBJECTS_URL, where every backup would be in the next; name another bucket.',
      )
  }
  return url
}
