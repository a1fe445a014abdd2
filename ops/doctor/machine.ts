/** Checks the machine: runtime, a folder to write to, room on the disk, fonts, a port. */
import { constants } from 'node:fs'
import { access, mkdir, readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { engines } from '../../package.json'
import { isShared } from '../../lib/private-folder.ts'
import { failed, ok, type Finding } from './finding.ts'

/** The alert LOW_DISK_SPACE fires below the same share. */
const MIN_FREE = 0.1
const FONTS = join(import.meta.dir, '../../lib/chart/fonts')

export async function checkBun(): Promise<Finding> {
  const found = `Bun ${Bun.version}, ${process.platform} ${process.arch}`
  if (Bun.semver.satisfies(Bun.version, engines.bun)) return ok(found)
  return failed(found, `Install Bun ${engines.bun}: npm install -g bun`)
}

export async function checkDataDir(data_dir: string): Promise<Finding> {
  try {
    await mkdir(data_dir, { recursive: true, mode: 0o700 })
    await access(data_dir, constants.W_OK | constants.X_OK)
    const { mode, uid } = await stat(data_dir)
    if ((mode & 0o077) === 0) return ok(data_dir)
    if (isShared(data_dir))
      return failed(`${data_dir} is shared by every user of this machine`, 'Set DATA_DIR to a folder of its own.')
    const found = `${data_dir} is open to other users of this machine (mode ${(mode & 0o777).toString(8)})`
    return failed(
      found,
      uid === process.getuid?.()
        ? `Run \`chmod -R go= ${data_dir}\`, or start any program, which does it.`
        : `It belongs to user ${uid}: give it to the user that runs Doca, and run \`chmod -R go= ${data_dir}\`.`,
    )
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    return failed(
      `${data_dir} cannot be written to (${code})`,
      'Give this user the folder, or set DATA_DIR to another.',
    )
  }
}

export async function checkDisk(data_dir: string): Promise<Finding> {
  const { bavail, blocks, bsize } = await statfs(data_dir)
  const free = bavail / blocks
  const found = `${((bavail * bsize) / 1024 ** 3).toFixed(1)} GiB free, ${(free * 100).toFixed(0)} %`
  return free >= MIN_FREE ? ok(found) : failed(found, 'Free some space, or move DATA_DIR to a larger disk.')
}

/** Without these fonts a chart would have no text. */
export async function checkFonts(): Promise<Finding> {
  const files = await readdir(FONTS).catch(() => [])
  const fonts = files.filter((name) => /\.(ttf|otf)$/.test(name))
  if (fonts.length > 0) return ok(`${fonts.length} bundled`)
  return failed('no font in lib/chart/fonts', 'Restore the folder lib/chart/fonts from the repository.')
}

/** Free, or already ours: a running API is no fault. */
export async function checkPort(host: string, port: number): Promise<Finding> {
  try {
    const server = Bun.listen({ hostname: host, port, socket: { data() {} } })
    server.stop(true)
    return ok(`${host}:${port} is free`)
  } catch {
    const answer = await fetch(`http://${host}:${port}/health/live`, { signal: AbortSignal.timeout(1000) }).catch(
      () => null,
    )
    if (answer?.ok) return ok(`${host}:${port}, where the API answers`)
    return failed(`${host}:${port} is taken by another program`, 'Stop it, or set PORT to another.')
  }
}
