/**
 * Brings the data of an earlier build to this build's schema so that nothing can be lost on the way: a backup, the migrations
 * on a copy, the rows of each table counted before and after, and then the switch.
 *
 * - Embedded: the copy is one of the data folder, and takes its place; the old folder is kept. All the while no program can
 *   start, and killed at any moment one of the two is in place, whole.
 * - A server of one's own: the copy is the backup, restored into a scratch database; then the migrations run in the database
 *   itself, in one transaction that commits only when the counts agree.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, sentenceOf } from '../../lib/errors.ts'
import { joined, type Translated } from '../../lib/texts.ts'
import type { Log } from '../../lib/log.ts'
import type { DbConfig } from '../engines/config.ts'
import { joinEmbedded } from '../engines/embedded/index.ts'
import { copyFolder, replaceFolder } from '../engines/embedded/replace-folder.ts'
import { whileStopped } from '../engines/embedded/stopped.ts'
import { MIGRATIONS, pendingMigrations, whileMigrating, type Migration } from '../engines/postgres/migrate.ts'
import { openAlone } from '../engines/postgres/open-alone.ts'
import type { BackupConfig } from './config.ts'
import { beginCopy, countRows, removeCopy, type Told } from './data-copy.ts'
import { restoreInScratch } from './drill.ts'
import { makeBackup } from './make-backup.ts'
import { nameOf } from './names.ts'
import { openTarget } from './open-target.ts'
import { planBackup } from './plan.ts'
import { noProgress } from './progress.ts'
import type { RestoreTarget } from './restore.ts'
import { migrateTo } from './schema-version.ts'
import { checkUnused, isEmpty } from './target.ts'
import { baseAfter } from './wal/restore-to.ts'

export interface UpgradeResult {
  /** Names of the migrations that were run; none: the data was at this schema already. */
  migrations: string[]
  tables: number
  rows: number
  /** The archive of what was there before. */
  backup: string | null
  /** The data folder as it was; null with a server of one's own. */
  kept: string | null
  duration_s: number
}

type Config = DbConfig & Omit<BackupConfig, 'backup_max_age_h'>

/** Throws AppError; then the data is as it was. */
export async function upgrade(
  config: Config,
  log: Log,
  { say = () => {}, progress = noProgress, signal }: Partial<Told> = {},
): Promise<UpgradeResult> {
  const started = performance.now()
  const told = { say, progress, signal }
  if (!config.database_url && !existsSync(join(config.data_dir, 'postgres'))) throw nothingThere(config.data_dir)
  const target = await openTarget(config, log)
  const found = await backUp(target, config, log, told).finally(target.close)
  const { migrations, backup } = found
  const done =
    backup === null
      ? { tables: 0, rows: 0, kept: null }
      : target.embedded
        ? await upgradeCopy(config.data_dir, migrations, log, told)
        : await upgradeInPlace(target, migrations, config, backup, told)
  // Migrations are not in the log that is kept.
  if (done.kept !== null && config.wal !== undefined) await baseAfter(config, config.wal, log, told)
  const duration_s = Math.round(performance.now() - started) / 1000
  return { migrations: migrations.map(({ tag }) => tag), ...done, backup, duration_s }
}

/** The migrations that are lacking, and an archive of what is there, if any are. */
async function backUp(target: RestoreTarget, config: Config, log: Log, { say, progress, signal }: Told) {
  const { url } = target.databases[0]!
  const sql = openAlone(url, 'doca upgrade')
  try {
    const migrations = await pendingMigrations(sql)
    if (migrations.length === 0) return { migrations, backup: null }
    if (await isEmpty(sql)) throw nothingThere(config.database_url ? 'DATABASE_URL' : config.data_dir)
    await checkUnused(sql, target.embedded)
    say('a backup of what is there')
    const plan = planBackup(config, { sql, url, objects: target.objects }, log)
    const { path } = await makeBackup(plan, { unrecorded: true, progress, signal })
    return { migrations, backup: path }
  } finally {
    await sql.end({ timeout: 1 })
  }
}

async function upgradeCopy(data_dir: string, migrations: Migration[], log: Log, { say, progress, signal }: Told) {
  return whileStopped(data_dir, log, async (paths) => {
    const copy = await beginCopy(paths, log, say)
    try {
      say('a copy of the data folder')
      await copyFolder(paths.folder, join(copy, 'postgres'), (size_bytes) => {
        signal?.throwIfAborted()
        progress.add(size_bytes, 'copying')
      })
      progress.done()
      say(`${migrations.length} migrations on the copy`)
      const server = await joinEmbedded({ data_dir: copy, log })
      const counted = await migrateCounted(server.url, migrations).finally(() => server.leave())
      signal?.throwIfAborted()
      say('the switch')
      const kept = await replaceFolder(paths, join(copy, 'postgres'))
      return { ...counted, kept }
    } catch (err) {
      throw full(err, paths.data_dir)
    } finally {
      progress.done()
      await removeCopy(copy, log)
    }
  })
}

async function upgradeInPlace(
  target: RestoreTarget,
  migrations: Migration[],
  config: Config,
  backup: string,
  { say, signal }: Told,
) {
  const { databases } = target
  say(`${migrations.length} migrations on a copy: the backup in a scratch database`)
  await restoreInScratch({ databases: [databases[0]!, ...databases.slice(1)], key: config.backup_key }, backup, signal)
  say('the migrations')
  return { ...(await migrateCounted(databases[0]!.url, migrations)), kept: null }
}

/** Migrates the database in one transaction, which commits only when no table has lost or gained rows that it should have kept. */
export async function migrateCounted(url: string, migrations: Migration[]): Promise<{ tables: number; rows: number }> {
  const changed = new Set((await Promise.all(migrations.map(({ tag }) => changedTables(tag)))).flat())
  return whileMigrating(url, (sql) =>
    sql.begin(async (tx) => {
      const before = await countRows(tx)
      await migrateTo(tx, MIGRATIONS)
      const after = await countRows(tx)
      const wrong = [...before].flatMap(([table, rows]) => {
        const now = after.get(table)
        return changed.has(table) || now === rows ? [] : [otherRows(table, rows, now)]
      })
      const list = joined(wrong, '; ')
      if (wrong.length > 0)
        throw new AppError('internal', 'upgrade_rows_differ', {
          en: `The migrations changed what they should have kept: ${list.en}. The data is as it was; go on with the Doca that you had, and tell its developers.`,
          pt: `As migrações mudaram o que deviam conservar: ${list.pt}. Os dados estão como estavam; continue com o Doca que você tinha, e avise quem o desenvolve.`,
        })
      return { tables: before.size, rows: [...before.values()].reduce((sum, rows) => sum + rows, 0) }
    }),
  )
}

/** Tables whose rows a migration adds or removes, as its line `-- rows: a, b` says. */
export async function changedTables(tag: string): Promise<string[]> {
  const text = await readFile(join(MIGRATIONS, `${tag}.sql`), 'utf8')
  const [, names = ''] = /^-- rows: (.+)$/m.exec(text) ?? []
  return names.split(', ').map((name) => nameOf({ schema: 'public', name }))
}

const otherRows = (table: string, before: number, now: number | undefined): Translated =>
  now === undefined
    ? { en: `${table} had ${before} rows and is gone`, pt: `${table} tinha ${before} linhas e sumiu` }
    : { en: `${table} had ${before} rows and has ${now}`, pt: `${table} tinha ${before} linhas e tem ${now}` }

const nothingThere = (where: string) =>
  new AppError('not_found', 'upgrade_nothing', {
    en: `There is no data of a Doca at ${where}; \`bun run up\` begins with none.`,
    pt: `Não há dados de um Doca em ${where}; \`bun run up\` começa sem nenhum.`,
  })

/** A copy takes as much room as the folder. */
function full(err: unknown, data_dir: string): unknown {
  if (!['ENOSPC', 'EDQUOT'].includes((err as NodeJS.ErrnoException).code ?? '')) return err
  const why = sentenceOf(err)
  const detail = {
    en: `The disk of ${data_dir} has no room for a copy of ${data_dir}/postgres (${why.en}); free some. The data is as it was.`,
    pt: `O disco de ${data_dir} não tem espaço para uma cópia de ${data_dir}/postgres (${why.pt}); libere espaço. Os dados estão como estavam.`,
  }
  return new AppError('no_space', 'disk_full', detail, { cause: err })
}
