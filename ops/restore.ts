/** `bun run restore FILE`: checks an archive, then restores it into an empty database, folder of objects and DATA_DIR. */
import { mkdir, realpath, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { databasesAt } from '../db/backup/plan.ts'
import { terminalProgress } from '../db/backup/progress.ts'
import { restore, type RestoreTarget } from '../db/backup/restore.ts'
import type { DbConfig } from '../db/engines/config.ts'
import { joinEmbedded } from '../db/engines/embedded/index.ts'
import { openObjects } from '../db/engines/objects/open.ts'
import { waitForDatabase } from '../db/engines/postgres/wait-for-database.ts'
import { parseWords, wrongUsage } from '../lib/command-line.ts'
import type { Env } from '../lib/env.ts'
import { createLog, type Log } from '../lib/log.ts'
import { EXIT, loadConfig, runProgram } from '../lib/program.ts'
import { readBackupConfig } from './backup-config.ts'

const USAGE = `Usage: bun run restore FILE [--into DIR] [--replace] [--json]
  Restores where the environment says: DATA_DIR, DATABASE_URL, OBJECTS_URL. BACKUP_KEY opens an encrypted archive.
  --into DIR  into that folder alone, on an embedded database, whatever the environment names: DATA_DIR=DIR bun run up
  --replace   the target is not empty: what is there is lost`

const { values, positionals } = parseWords(
  Bun.argv.slice(2),
  {
    into: { type: 'string' },
    replace: { type: 'boolean', default: false },
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
if (file === undefined || more.length > 0) wrongUsage('Name one archive.', USAGE)

const config = loadConfig((env) => readBackupConfig(values.into === undefined ? env : onlyInto(values.into, env)))

await runProgram(async () => {
  const log = createLog('restore', 'silent')
  const restored = await restore(resolve(file), () => openTarget(config, log), {
    key: config.backup_key,
    replace: values.replace,
    // With --replace, old data is deleted first.
    room_bytes: values.replace || config.database_url || config.objects_url ? undefined : await roomAt(config.data_dir),
    progress: terminalProgress(),
  })
  if (values.json) return process.stdout.write(`${JSON.stringify(restored, null, 2)}\n`)
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
})
process.exit(EXIT.done)

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

async function openTarget({ data_dir, database_url, database_wait_s, objects_url, embedded_port }: DbConfig, log: Log) {
  await mkdir(data_dir, { recursive: true, mode: 0o700 })
  const folder = await realpath(data_dir)
  const embedded = database_url ? undefined : await joinEmbedded({ data_dir: folder, port: embedded_port, log })
  const url = database_url ?? embedded!.url
  try {
    if (!embedded) await waitForDatabase(url, database_wait_s, log)
    const objects = await openObjects({ url: objects_url, data_dir: folder, log })
    const close = async () => {
      await objects.close()
      await embedded?.leave()
    }
    const target: RestoreTarget = {
      databases: databasesAt(url),
      embedded: embedded !== undefined,
      objects,
      data_dir: folder,
      close,
    }
    return target
  } catch (err) {
    await embedded?.leave()
    throw err
  }
}
