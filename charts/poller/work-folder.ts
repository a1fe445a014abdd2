/**
 * Drawing processes read files, so a workbook is a file while it is drawn. The folder's name has the poller's process id:
 * the next poller to start removes what a killed one left behind.
 */
import { mkdtemp, open, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Log } from '../../lib/log.ts'

const PREFIX = 'doca-charts-'

/** Writes `body` to a file, hands its path to `use`, and removes it whatever happens. */
export async function withWorkFile<T>(body: ReadableStream<Uint8Array>, use: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`))
  try {
    const path = join(folder, 'workbook')
    await writeTo(path, body)
    return await use(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function writeTo(path: string, body: ReadableStream<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) await file.appendFile(chunk)
  } finally {
    await file.close()
  }
}

export async function removeLeftFolders(log: Log): Promise<void> {
  try {
    for (const name of await readdir(tmpdir())) {
      const pid = /^doca-charts-(\d+)-/.exec(name)?.[1]
      if (pid && !isAlive(Number(pid))) await rm(join(tmpdir(), name), { recursive: true, force: true })
    }
  } catch (err) {
    log.warn({ err }, 'folders of earlier pollers could not be removed')
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    // Another user's process.
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}
