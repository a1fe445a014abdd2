/**
 * Restores the embedded database to a time: the newest base before it goes into a folder beside the data, a server there plays the
 * kept write-ahead log up to the time, all tables are read, and the folder takes the place of the data, which is kept. No program
 * can start meanwhile; killed at any moment, the data is as it was, or the new is in place.
 *
 * Objects and secrets are not in the write-ahead log and stay as they are.
 */
import { existsSync } from 'node:fs'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, messageOf } from '../../../lib/errors.ts'
import type { Translated } from '../../../lib/texts.ts'
import type { Log } from '../../../lib/log.ts'
import { walFolder, type DbConfig } from '../../engines/config.ts'
import { joinEmbedded } from '../../engines/embedded/index.ts'
import { replaceFolder } from '../../engines/embedded/replace-folder.ts'
import { FETCH_WAL } from '../../engines/embedded/settings.ts'
import { whileStopped } from '../../engines/embedded/stopped.ts'
import { pendingMigrations } from '../../engines/postgres/migrate.ts'
import { openAlone } from '../../engines/postgres/open-alone.ts'
import { beginCopy, countRows, removeCopy, type Told } from '../data-copy.ts'
import { checkUnused } from '../target.ts'
import { listBases, takeBase, unpackBase, type Base } from './bases.ts'

export interface RestoredTo {
  to: Date
  tables: number
  rows: number
  /** The data folder as it was. */
  kept: string
  /** When the base was whole that the log leads on from now; null: KEEP_WAL is off, or none could be taken. */
  base: Date | null
  duration_s: number
}

type Config = Pick<DbConfig, 'data_dir' | 'embedded_port' | 'wal'>

/** `local` writes a time for a person. Throws AppError; then the data is as it was. */
export async function restoreTo(
  config: Config,
  to: Date,
  log: Log,
  { local, ...told }: Told & { local: (time: Date) => string },
): Promise<RestoredTo> {
  const started = performance.now()
  const { data_dir } = config
  const wal = walFolder(data_dir)
  const base = await baseFor(wal, to, local)
  if (existsSync(join(data_dir, 'postgres'))) await endLog(config, log, told.say)
  const done = await whileStopped(data_dir, log, async (paths) => {
    const copy = await beginCopy(paths, log, told.say)
    try {
      told.say(`the data of ${local(base.at)}`)
      await unpackBase(join(wal, base.file), join(copy, 'postgres'), told)
      told.progress.done()
      told.say('the write-ahead log from there on')
      const counted = await playLog(copy, wal, to, log, local)
      told.signal?.throwIfAborted()
      told.say('the switch')
      return { ...counted, kept: await replaceFolder(paths, join(copy, 'postgres')) }
    } finally {
      told.progress.done()
      await removeCopy(copy, log)
    }
  })
  const next = config.wal === undefined ? null : await baseAfter(config, config.wal, log, told)
  return { to, ...done, base: next, duration_s: Math.round(performance.now() - started) / 1000 }
}

/** A new base: the log of the old data does not lead on to what is written from now on. null: none could be taken. */
export async function baseAfter(config: Config, wal: string, log: Log, { say, progress }: Told): Promise<Date | null> {
  const { data_dir, embedded_port: port } = config
  say('a base for the next restore to a time')
  try {
    const server = await joinEmbedded({ data_dir, port, wal, log })
    try {
      return (await takeBase({ url: server.url, data_dir, wal }, { progress })).at
    } finally {
      await server.leave()
    }
  } catch (err) {
    // The data is in place, and that is what counts.
    say(`there is no base (${messageOf(err)}): the next \`bun run backup\` makes one`)
    return null
  }
}

async function baseFor(wal: string, to: Date, local: (time: Date) => string): Promise<Base> {
  const bases = await listBases(wal)
  const refused = (code: string, detail: Translated) => new AppError('invalid', code, detail)
  if (to.getTime() > Date.now())
    throw refused('restore_to_future', {
      en: `${local(to)} is yet to come.`,
      pt: `${local(to)} ainda não chegou.`,
    })
  const [first] = bases
  if (!first)
    throw refused('restore_to_no_base', {
      en: `There is nothing in ${wal} to begin with. With KEEP_WAL=on, every backup from now on can be followed by any later time; for what was before, restore an archive: \`bun run restore FILE --replace\`.`,
      pt: `Não há em ${wal} por onde começar. Com KEEP_WAL=on, cada backup de agora em diante pode ser seguido até qualquer horário posterior; para o que veio antes, restaure um arquivo: \`bun run restore FILE --replace\`.`,
    })
  const base = bases.findLast(({ at }) => at <= to)
  if (base) return base
  throw refused('restore_to_too_early', {
    en: `${local(to)} is before the first time that can be restored to, ${local(first.at)}. For what was before, restore an archive: \`bun run restore FILE --replace\`.`,
    pt: `${local(to)} é anterior ao primeiro horário que pode ser restaurado, ${local(first.at)}. Para o que veio antes, restaure um arquivo: \`bun run restore FILE --replace\`.`,
  })
}

/** Lets the server keep all that there is, and a commit of now, so that every earlier time has one after it. */
async function endLog({ data_dir, embedded_port: port, wal }: Config, log: Log, say: Told['say']): Promise<void> {
  const server = await joinEmbedded({ data_dir, port, wal, log }).catch((err: unknown) => {
    say(`the database does not start (${messageOf(err)}): what it wrote last may be missing`)
    return null
  })
  if (!server) return
  const sql = openAlone(server.url, 'doca restore')
  try {
    await checkUnused(sql, true)
    await sql`select pg_current_xact_id()`
  } finally {
    await sql.end({ timeout: 1 })
    // Its end keeps the segment that is not full.
    await server.leave()
  }
}

/** Starts a server on the copy, which ends when it is as at `to`; then reads all of it. */
async function playLog(copy: string, wal: string, to: Date, log: Log, local: (time: Date) => string) {
  const folder = join(copy, 'postgres')
  const settings = join(folder, 'postgresql.auto.conf')
  const before = await readFile(settings, 'utf8')
  await appendFile(
    settings,
    [
      '',
      `restore_command = '${FETCH_WAL}'`,
      // No abbreviation of a zone is known yet where this is read, Z neither.
      `recovery_target_time = '${to.toISOString().replace('Z', '+00')}'`,
      // Of the base: later ones belong to restores that went back before it.
      "recovery_target_timeline = 'current'",
      "recovery_target_action = 'promote'",
      // It counts as ready once readers are let in, which is to be at the end.
      'hot_standby = off',
      '',
    ].join('\n'),
  )
  await writeFile(join(folder, 'recovery.signal'), '')
  const server = await joinEmbedded({ data_dir: copy, wal, log }).catch((cause: unknown) => {
    throw explained(cause, to, local)
  })
  const sql = openAlone(server.url, 'doca restore')
  try {
    await pendingMigrations(sql)
    const counts = await countRows(sql)
    await writeFile(settings, before)
    return { tables: counts.size, rows: [...counts.values()].reduce((sum, rows) => sum + rows, 0) }
  } finally {
    await sql.end({ timeout: 1 })
    await server.leave()
  }
}

function explained(cause: unknown, to: Date, local: (time: Date) => string): unknown {
  const said = messageOf(cause)
  if (!/recovery ended before configured|wal_level=minimal|WAL was generated with/i.test(said)) return cause
  return new AppError(
    'invalid',
    'restore_to_too_late',
    {
      en: `The write-ahead log that was kept ends before ${local(to)}: KEEP_WAL was off by then, the data was just being restored or upgraded, or segments are missing. Name another time, or restore an archive: \`bun run restore FILE --replace\`.`,
      pt: `O log de transações guardado termina antes de ${local(to)}: KEEP_WAL estava desligado, os dados estavam sendo restaurados ou atualizados, ou faltam segmentos. Indique outro horário, ou restaure um arquivo: \`bun run restore FILE --replace\`.`,
    },
    { cause },
  )
}
