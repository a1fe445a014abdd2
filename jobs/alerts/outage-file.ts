/**
 * Keeps each outage of the database in a file until the database can record it. The file is synced, since this process or
 * its machine may die together with the database. Replicas on one machine share the files: one of them tells the outage, and
 * when it dies another goes on without repeating what was told.
 */
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Outage } from '../../db/alerts/database-outage.ts'
import { tryLockFile, type FileLock } from '../../db/engines/embedded/lock-file.ts'
import { syncFolder } from '../../lib/fsync-folder.ts'

const NAME = /^database-([0-9a-f-]{36})\.json$/
const NEXT = 'next-outage'
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export interface OutageFiles {
  /**
   * Makes this program the one on this machine that tells an outage, until it releases that or dies; undefined while another
   * one is. Where nothing can be locked, each is.
   */
  claim(): Promise<Pick<FileLock, 'release'> | undefined>
  /** Every outage that is not recorded yet. A file that cannot be read stays. */
  all(): Promise<Outage[]>
  write(outage: Outage): Promise<void>
  remove(id: string): Promise<void>
  /** The id of the next outage, for a program that starts while the database is away. */
  rememberNext(id: string): Promise<void>
  recallNext(): Promise<string | undefined>
}

export function outageFiles(folder: string): OutageFiles {
  const pathOf = (id: string) => join(folder, `database-${id}.json`)
  const find = async (id: string) => {
    const text = await readFile(pathOf(id), 'utf8').catch(() => undefined)
    return text === undefined ? undefined : parse(text, id)
  }
  // All channels write the same draft, maybe at the same time.
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = (work: () => Promise<void>) => {
    const done = turn.then(work)
    turn = done.catch(() => {})
    return done
  }
  return {
    async claim() {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        return tryLockFile(join(folder, 'telling.lock'))
      } catch {
        return { release() {} }
      }
    },
    async all() {
      const names = await readdir(folder).catch(() => [])
      const found = await Promise.all(names.map((name) => find(NAME.exec(name)?.[1] ?? '')))
      return found.filter((outage) => outage !== undefined)
    },
    write: (outage) =>
      inTurn(async () => {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const draft = `${pathOf(outage.id)}.${process.pid}`
        const file = await open(draft, 'w', 0o600)
        try {
          await file.writeFile(JSON.stringify(outage))
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(draft, pathOf(outage.id))
        await syncFolder(folder)
      }),
    async rememberNext(id) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeFile(join(folder, NEXT), id, { mode: 0o600 })
    },
    async recallNext() {
      const id = await readFile(join(folder, NEXT), 'utf8').catch(() => '')
      return ID.test(id) ? id : undefined
    },
    remove: (id) => inTurn(() => rm(pathOf(id), { force: true })),
  }
}

function parse(text: string, id: string): Outage | undefined {
  try {
    const { opened_at, fired_at, detail, failures, told, nth, alone } = JSON.parse(text) as Record<keyof Outage, any>
    const times = Object.entries(told as Record<string, string | null>).map(([channel, at]) => [
      channel,
      at && new Date(at),
    ])
    const outage = { id, opened_at: new Date(opened_at), fired_at: new Date(fired_at), detail, failures, nth: nth ?? 1 }
    const valid = [outage.opened_at, outage.fired_at].every((time) => !Number.isNaN(time.getTime()))
    return valid ? { ...outage, told: Object.fromEntries(times), ...(alone === true && { alone }) } : undefined
  } catch {
    return undefined
  }
}
