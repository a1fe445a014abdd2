/** `bun run restore FILE`: checks an archive, then restores it into a database, folder of objects and DATA_DIR. */
import { readdir, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { openTarget } from '../db/backup/open-target.ts'
import { terminalProgress } from '../db/backup/progress.ts'
import { restore, undoRestore } from '../db/backup/restore.ts'
import { restoreOne } from '../db/backup/restore-one.ts'
import { parseWords, wrongUsage } from '../lib/command-line.ts'
import type { Env } from '../lib/env.ts'
import { AppError } from '../lib/errors.ts'
import { createLog } from '../lib/log.ts'
import { EXIT, loadConfig, runProgram } from '../lib/program.ts'
import { readBackupConfig } from './backup-config.ts'
import { stopOnSignals } from './stop-on-signals.ts'

const USAGE = `Usage: bun run restore FILE [--into DIR] [--replace] [--json]
       bun run restore FILE --only TABLE|objects/KEY [--as NAME] [--json]
       bun run restore --undo [--into DIR]
  Restores where the environment says: DATA_DIR, DATABASE_URL, OBJECTS_URL. BACKUP_KEY opens an encrypted archive.
  --into DIR  into that folder alone, which is empty or not there, on an embedded database, whatever the environment names:
              DATA_DIR=DIR bun run up
  --replace   the target is not empty: the archive takes its place once all of it is there and compared
  --only      that table (its rows and columns) or object alone, beside what is there, while programs run; --as NAME: another name
              for it. Nothing that is there is written over
  --undo      after a restore that was killed: go on with what was there before it`

const { values, positionals } = parseWords(
  Bun.argv.slice(2),
  {
    into: { type: 'string' },
    replace: { type: 'boolean', default: false },
    only: { type: 'string' },
    as: { type: 'string' },
    undo: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
  USAGE,
)
if (values.help) {
  process.stdout.write(`${USAGE}\n`)
  process.exit(EXIT.done)
}
const [file, ...more] = positionals
if (more.length > 0 || (file === undefined) !== values.undo) wrongUsage('Name one archive, or say --undo.', USAGE)
if (values.as !== undefined && values.only === undefined) wrongUsage('--as names what --only takes.', USAGE)
if (values.only !== undefined && (values.replace || values.undo || values.into !== undefined))
  wrongUsage('--only goes with --as and --json alone.', USAGE)

const config = loadConfig((env) => readBackupConfig(values.into === undefined ? env : onlyInto(values.into, env)))
const log = createLog('restore', 'silent')
const open = () => openTarget(config, log)

await runProgram(async () => {
  if (values.into !== undefined) await checkFolder(config.data_dir)
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

/** Throws AppError for a folder with other things than a Doca, which the restore itself refuses when there is anything in it. */
async function checkFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch((err: NodeJS.ErrnoException): string[] => {
    if (err.code === 'ENOENT') return []
    throw new AppError('invalid', 'restore_folder', `${folder} is no folder (${err.code}).`, { cause: err })
  })
  if (names.length === 0 || names.includes('postgres')) return
  const detail = `${folder} is not empty (${names[0]}); name an empty folder, or one that is not there.`
  throw new AppError('conflict', 'restore_not_empty', detail)
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
