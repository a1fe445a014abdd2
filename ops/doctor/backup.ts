/** Checks backups: the age of the newest good one, its encryption, and where copies go. */
import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { RULE_TEXTS } from '../../db/alerts/rule-texts.ts'
import { copiesFolder, type BackupConfig } from '../../db/backup/config.ts'
import { backupAge } from '../../db/backup/history.ts'
import { isStaged } from '../../db/backup/staging.ts'
import { listBases } from '../../db/backup/wal/bases.ts'
import { readWalKept } from '../../db/backup/wal/kept.ts'
import type { DbConfig } from '../../db/engines/config.ts'
import { connect } from '../../db/engines/connect.ts'
import { withDeadline } from '../../lib/retry.ts'
import { messageOf } from '../../lib/errors.ts'
import { createLog } from '../../lib/log.ts'
import { failed, ok, type Finding } from './finding.ts'

const DEADLINE_MS = 20_000

export async function checkBackup(config: DbConfig & BackupConfig): Promise<Finding> {
  const { backup_key, backup_url, backup_max_age_h: max_h } = config
  const db = await connect({ ...config, database_wait_s: 0 }, createLog('doctor', 'silent'), ['sql']).catch(() => null)
  if (!db) return ok('not checked, without a database')
  const [{ age_h, newest }, wal] = await Promise.all([backupAge(db.sql), readWalKept(db.sql)]).finally(db.close)
  const found = [
    newest ? `the newest good one is ${age_h.toFixed(0)} h old` : 'there is none yet',
    backup_key ? 'encrypted' : 'not encrypted and without secrets',
    backup_url ? 'copied to BACKUP_URL' : 'not copied elsewhere',
    ...(config.wal === undefined ? [] : [await reachable(config.wal)]),
  ].join(', ')
  if (backup_url) {
    const problem = await withDeadline(reach(backup_url), DEADLINE_MS, 'BACKUP_URL').then(() => null, messageOf)
    if (problem) return failed(`BACKUP_URL: ${problem}`, 'Make it reachable and writable, or correct BACKUP_URL.')
  }
  if (config.wal !== undefined && !wal.keeps)
    return failed(
      `${found}; the embedded PostgreSQL runs without KEEP_WAL`,
      'Stop every program once: it counts from the next start.',
    )
  if (wal.failing_s !== null)
    return failed(
      `${found}; the write-ahead log has not been kept for ${(wal.failing_s / 60).toFixed(0)} min`,
      RULE_TEXTS.WAL_NOT_KEPT.advice.en,
    )
  if (age_h > max_h)
    return failed(
      `${found}; ${max_h} h are allowed`,
      'Run `bun run backup`; `bun run jobs runs backup` says why the nightly one failed.',
    )
  const advice = [
    // One under way would have kept us out of the database.
    ...(isStaged(config.data_dir)
      ? ['A restore that was killed left old files in DATA_DIR/restore; `bun run restore --undo` removes them.']
      : []),
    ...(backup_key ? [] : ['Set BACKUP_KEY, and keep it elsewhere.']),
    ...(backup_url ? [] : ['Set BACKUP_URL to a folder or bucket away from this machine.']),
  ]
  return ok(found, advice.length > 0 ? advice.join(' ') : null)
}

async function reachable(wal: string): Promise<string> {
  const [first] = await listBases(wal)
  return first ? `to any time since ${first.at.toISOString()}` : 'to no time yet: run `bun run backup`'
}

async function reach(url: string): Promise<void> {
  if (url.startsWith('s3://'))
    return void (await (await import('../../db/engines/objects/s3/inspect.ts')).inspectS3(url))
  const folder = copiesFolder(url)!
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await access(folder, constants.W_OK | constants.X_OK)
}
