/** The system itself, for those who run it: what it is made of, how that is, and with which settings. It changes nothing. */
import { Elysia } from 'elysia'
import { statfs } from 'node:fs/promises'
import { lastDrill, listBackups, type BackupRow } from '../../db/backup/history.ts'
import { pendingMigrations, ranMigrations } from '../../db/engines/postgres/migrate.ts'
import { diskFullAt } from '../../db/monitoring/disk-trend.ts'
import { readProcessDetails, type ProcessDetails } from '../../db/monitoring/programs.ts'
import { version } from '../../package.json'
import type { ApiContext } from '../context.ts'
import { languageOf } from '../http/language.ts'
import { responses } from '../http/responses.ts'
import { createFolderSize } from './folder-size.ts'
import { settingsAnswer, systemAnswer } from './model.ts'
import { readSettingsInForce } from './read-settings.ts'
import { createRoleFacts } from './roles.ts'

const tags = ['health']
const MOST_BACKUPS = 20

export function system({ config, db, log }: ApiContext) {
  const { sql } = db
  const { data_dir } = config.db
  const dataSize = createFolderSize(data_dir)
  const roles = createRoleFacts(db, config.db, log)

  return new Elysia({ name: 'system' })
    .onStart(() => roles.askVersions())
    .get('/system', readSystem, {
      detail: {
        tags,
        access: 'operator',
        summary: 'Versions, engines, programs, disk, backups and migrations',
        description:
          'No address has a user, a password or a parameter in it. The version of an engine beside the database is null until it has been asked, at most once an hour.',
        responses: responses({ 200: systemAnswer }),
      },
    })
    .get('/system/settings', readSettings, {
      detail: {
        tags,
        access: 'admin',
        summary: 'The settings of the programs that are at work, and where each comes from',
        description: 'A secret has no value here, nor has a URL a user or a parameter.',
        responses: responses({ 200: settingsAnswer }),
      },
    })

  async function readSystem() {
    const [facts, programs, disk, backups, migrations] = await Promise.all([
      roles.read(),
      readProcessDetails(sql),
      readDisk(),
      readBackups(),
      readMigrations(),
    ])
    return {
      timestamp: new Date().toISOString(),
      version,
      bun: Bun.version,
      platform: `${process.platform} ${process.arch}`,
      roles: facts,
      programs: programs.map(programAnswer),
      disk,
      backups,
      migrations,
    }
  }

  async function readDisk() {
    const [{ bavail, blocks, bsize }, data_bytes, full_at] = await Promise.all([
      statfs(data_dir),
      dataSize(),
      diskFullAt(sql),
    ])
    return { folder: data_dir, free_bytes: bavail * bsize, size_bytes: blocks * bsize, data_bytes, full_at }
  }

  async function readBackups() {
    const [items, last_proven_at] = await Promise.all([listBackups(sql, MOST_BACKUPS), lastDrill(sql)])
    return { last_proven_at, items: items.map(backupAnswer) }
  }

  async function readMigrations() {
    const [ran, pending] = await Promise.all([ranMigrations(sql), pendingMigrations(sql)])
    return { ...ran, pending: pending.map(({ tag }) => tag) }
  }

  async function readSettings({ request }: { request: Request }) {
    return { items: await readSettingsInForce(sql, languageOf(request, config.locale)) }
  }
}

const programAnswer = ({ silent, seen_ago_s, ...process }: ProcessDetails) => ({
  ...process,
  status: silent ? ('silent' as const) : ('ok' as const),
  seen_at: new Date(Date.now() - seen_ago_s * 1000).toISOString(),
})

const backupAnswer = ({ worker: _, sha256: __, summary: ___, ...backup }: BackupRow) => backup
