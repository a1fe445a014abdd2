/** `bun run restore FILE`: checks an archive, then restores it into a database, folder of objects and DATA_DIR. */
import { readdir, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { openTarget } from '../db/backup/open-target.ts'
import { terminalProgress } from '../db/backup/progress.ts'
import { restore, undoRestore } from '../db/backup/restore.ts'
import { restoreOne } from '../db/backup/restore-one.ts'
import { restoreTo } from '../db/backup/wal/restore-to.ts'
import { readTime } from '../db/jobs/local-time.ts'
import { localTime } from '../db/jobs/upcoming.ts'
import { parseWords, wrongUsage } from '../lib/command-line.ts'
import type { Env } from '../lib/env.ts'
import { createLog } from '../lib/log.ts'
import { EXIT, loadConfig, runProgram } from '../lib/program.ts'
import { readBackupConfig } from './backup-config.ts'
import { stopOnSignals } from './stop-on-signals.ts'

const USAGE = `Usage: bun run restore FILE [--into DIR] [--replace] [--json]
       bun run restore FILE --only TABLE|objects/KEY [--as NAME] [--json]
       bun run restore --to TIME [--json]
       bun run restore --undo [--into DIR]
  Restores where the environment says: DATA_DIR, DATABASE_URL, OBJECTS_URL. BACKUP_KEY opens an encrypted archive.
  --into DIR  into that folder alone, which is empty or not there, on an embedded database, whatever the environment names:
              DATA_DIR=DIR bun run up
  --replace   the target is not empty: the archive takes its place once all of it is there and compared
  --only      that table (its rows and columns) or object alone, beside what is there, while programs run; --as NAME: another name
              for it. Nothing that is there is written over
  --to        the embedded database as it was at that time ('2026-11-29 10:15', on the clock of TIMEZONE; or with an offset), from what
              KEEP_WAL=on has kept; the data folder of now is kept beside it. Objects and secrets stay as they are now
  --undo      after a restore that was killed: go on with what was there before it`

const { values, positionals } = parseWords(
  Bun.argv.slice(2),
  {
    into: { type: 'string' },
    replace: { type: 'boolean', default: false },
    only: { type: 'string' },
    as: { type: 'string' },
    to: { type: 'string' },
    undo: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
  USAGE,
)
const [file, ...more] = positionals
if (more.length > 0 || (file === undefined) !== (values.undo || values.to !== undefined))
  wrongUsage('Name one archive, or say --to or --undo.', USAGE)
if (values.as !== undefined && values.only === undefined) wrongUsage('--as names what --only takes.', USAGE)
if (values.only !== undefined && (values.replace || values.undo || values.into !== undefined))
  wrongUsage('--only goes with --as and --json alone.', USAGE)
if (
  values.to !== undefined &&
  (values.replace || values.undo || values.into !== undefined || values.only !== undefined)
)
  wrongUsage('--to goes with --json alone.', USAGE)

const config = loadConfig((env) => readBackupConfig(values.into === undefined ? env : onlyInto(values.into, env)))
const log = createLog('restore', 'silent')
const open = () => openTarget(config, log)

await runProgram(async () => {
  if (values.into !== undefined) await checkFolder(config.data_dir)
  if (values.to !== undefined) return backTo(values.to)
  if (file === undefined) return undo()
  return values.only === undefined ? restoreAll(file) : takeOne(file, values.only)
})
process.exit(EXIT.done)

async function undo(): Promise<void> {
  const undone = await undoRestore(open)
  process.stdout.write(
    undone ? 'What was there before the restore is back in place.\n' : 'No restore was interrupted.\n',
  )
}

async function backTo(text: string): Promise<void> {
  const { timezone } = config
  const to =
    readTime(text, timezone) ??
    wrongUsage(`--to is ${JSON.stringify(text)}; write a time such as '2026-11-29 10:15'.`, USAGE)
  if (config.database_url)
    throw new Error(
      '--to is of the embedded PostgreSQL. For that of DATABASE_URL use what keeps its write-ahead log (pgBackRest, or its provider’s ' +
        'point-in-time recovery), or restore an archive.',
    )
  const done = await restoreTo(config, to, log, {
    say: (step) => process.stderr.write(`… ${step}\n`),
    progress: terminalProgress(),
    signal: stopOnSignals('Stopped; everything is as it was.'),
    local: (time) => localTime(time, timezone),
  })
  if (values.json) return void process.stdout.write(`${JSON.stringify(done, null, 2)}\n`)
  const { tables, rows, kept, base, duration_s } = done
  const lines = [
    `The database is as it was at ${localTime(to, timezone)}: ${rows} rows of ${tables} tables, in ${duration_s.toFixed(1)} s.`,
    `As it was before: ${kept} (kept until the next upgrade or restore to a time; remove it when all is well).`,
    'Objects and secrets are as they are now: `bun run restore FILE --only objects/KEY` brings a file back out of an archive.',
    base
      ? `A later restore can go to any time from ${localTime(base, timezone)} on.`
      : 'No later restore to a time is possible before the next backup with KEEP_WAL=on.',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

async function takeOne(archive: string, only: string): Promise<void> {
  const signal = stopOnSignals('Stopped; everything is as it was.')
  const taken = await restoreOne(resolve(archive), open, { key: config.backup_key, only, as: values.as, signal })
  if (values.json) return void process.stdout.write(`${JSON.stringify(taken, null, 2)}\n`)
  const { name, rows, size_bytes } = taken
  const text = rows === null ? `${(size_bytes / 1e6).toFixed(1)} MB as the object ${name}` : `${rows} rows as ${name}`
  process.stdout.write(`Restored ${text}.\n`)
}

async function restoreAll(name: string): Promise<void> {
  const restored = await restore(resolve(name), open, {
    key: config.backup_key,
    replace: values.replace,
    // It has the one database of its own.
    partly: values.into !== undefined,
    room_bytes: config.database_url || config.objects_url ? undefined : await roomAt(config.data_dir),
    progress: terminalProgress(),
    signal: stopOnSignals('Stopped; everything is as it was.'),
  })
  if (values.json) return void process.stdout.write(`${JSON.stringify(restored, null, 2)}\n`)
  const { created_at, rows, objects, objects_bytes, secrets, missing, lost, duration_s } = restored
  const lines = [
    `Restored what was there at ${created_at}: ${rows} rows, ${objects} objects of ${(objects_bytes / 1e6).toFixed(1)} MB, ` +
      `in ${duration_s.toFixed(1)} s.`,
    ...(missing.length > 0 ? [`The backup had to leave out: ${missing.slice(0, 10).join(', ')}`] : []),
    ...lost,
    secrets.length > 0
      ? `Secrets: ${secrets.join(', ')}. Those that were in the environment, such as TOTP_KEY, belong there again.`
      : 'The archive held no secrets: put back TOTP_KEY, or the file secrets/totp_key in DATA_DIR, as it was. ' +
        '`bun run doctor` says whether it fits.',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** Throws an Error for a folder with other things than a Doca, which the restore itself refuses when there is anything in it. */
async function checkFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch((err: NodeJS.ErrnoException): string[] => {
    if (err.code === 'ENOENT') return []
    throw new Error(`${folder} is no folder (${err.code}).`, { cause: err })
  })
  if (names.length === 0 || names.includes('postgres')) return
  const detail = `${folder} is not empty (${names[0]}); name an empty folder, or one that is not there.`
  throw new Error(detail)
}

/** The environment without variables that lead elsewhere than into that folder. */
function onlyInto(folder: string, env: Env): Env {
  const { BACKUP_KEY, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = env
  return { BACKUP_KEY, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, DATA_DIR: folder }
}

/** Free bytes on the disk of that folder, or of its nearest parent that exists. */
async function roomAt(folder: string): Promise<number> {
  for (let path = folder; ; path = dirname(path)) {
    const found = await statfs(path).catch(() => null)
    if (found) return found.bavail * found.bsize
    if (path === dirname(path)) return Infinity
  }
}
