/** Work on the data folder itself: while the server does not run, and no program can start it. */
import { realpath } from 'node:fs/promises'
import { AppError } from '../../../lib/errors.ts'
import { generatedSecret } from '../../../lib/generated-secret.ts'
import type { Log } from '../../../lib/log.ts'
import { serverPaths, type ServerPaths } from './data-folder.ts'
import { lockFile, tryLockFile, type FileLock } from './lock-file.ts'
import { enter } from './membership.ts'
import { findServer, stopServer } from './server.ts'

/** Programs that start meanwhile wait this long for `work`, and then say for whom. */
const LOCK_MS = 310_000

/**
 * Stops the server of `data_dir`, does `work`, and lets programs start it again, also when we are killed. Throws AppError
 * database_in_use while a program uses it.
 */
export async function whileStopped<T>(
  data_dir: string,
  log: Log,
  work: (paths: ServerPaths) => Promise<T>,
): Promise<T> {
  const paths = serverPaths(await realpath(data_dir))
  const lock = await lockFile(paths.start_lock, LOCK_MS, { log })
  try {
    const found = await findServer(paths, { log })
    const alive = typeof found === 'number' ? await stopUnused(paths, found) : found
    try {
      return await work(paths)
    } finally {
      alive.release()
    }
  } finally {
    lock.release()
  }
}

async function stopUnused(paths: ServerPaths, port: number): Promise<FileLock> {
  const password = await generatedSecret(paths.data_dir, 'postgres_password')
  const member = await enter({ port, password, folder: paths.folder }, () => {})
  const alone = await member?.leaveAlone()
  await member?.close()
  if (alone) await stopServer(paths)
  const alive = alone ? tryLockFile(paths.alive_lock) : undefined
  if (alive) return alive
  throw new AppError('conflict', 'database_in_use', {
    en: 'Programs of Doca use the embedded PostgreSQL; stop them first, and run this again.',
    pt: 'Programas do Doca usam o PostgreSQL embutido; pare-os antes, e rode isto de novo.',
  })
}
