/**
 * Files of jobs and monitors, put into the folder that the running jobs program reads (JOBS_DIR), as a person would. Only files that
 * the demo has written are ever replaced or removed: the first line says so.
 */
import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

const SOURCES = join(import.meta.dir, 'definitions')
const MARK = 'Made by `bun run demo`'

/** Writes them for the API at `url`; returns the names of the files. */
export async function putDefinitions(folder: string, url: string): Promise<string[]> {
  const names = (await readdir(SOURCES)).filter((name) => name.endsWith('.ts'))
  for (const name of names) {
    const path = join(folder, name)
    if (existsSync(path) && !(await isOurs(path)))
      throw new Error(`${path} is there already and not of the demo; move it away first.`)
    const text = await Bun.file(join(SOURCES, name)).text()
    const fitting = text.replaceAll("'../../../jobs/", "'../").replaceAll('http://127.0.0.1:8004', url)
    // A file that is the same is left alone, so that nothing is read anew.
    if (!existsSync(path) || (await Bun.file(path).text()) !== fitting) await Bun.write(path, fitting)
  }
  return names
}

/** Returns the names of the files that it has removed. */
export async function removeDefinitions(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return []
  const removed: string[] = []
  for (const name of (await readdir(folder)).filter((one) => one.startsWith('demo_') && one.endsWith('.ts'))) {
    if (!(await isOurs(join(folder, name)))) continue
    await rm(join(folder, name))
    removed.push(name)
  }
  return removed
}

const isOurs = async (path: string) => (await Bun.file(path).text()).slice(0, 100).includes(MARK)
