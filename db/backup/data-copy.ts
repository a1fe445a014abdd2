/** A data folder that is to take the place of the one that is there: a Doca of its own beside it, until it is whole. */
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ISql } from 'postgres'
import { generatedSecret } from '../../lib/generated-secret.ts'
import type { Log } from '../../lib/log.ts'
import type { ServerPaths } from '../engines/embedded/data-folder.ts'
import { whileStopped } from '../engines/embedded/stopped.ts'
import { nameOf } from './names.ts'
import type { Progress } from './progress.ts'
import { writeSecret } from './secrets.ts'
import { listTables } from './tables.ts'

export interface Told {
  /** Is told what begins. */
  say: (step: string) => void
  progress: Progress
  signal?: AbortSignal | undefined
}

/** An empty one, with the password of the server. Removes what an earlier one left that was killed. Call it while the server is stopped. */
export async function beginCopy({ folder, data_dir }: ServerPaths, log: Log, say: Told['say']): Promise<string> {
  const copy = `${folder}.copy`
  if (existsSync(copy)) say('removing the copy of an upgrade or a restore that was interrupted')
  await removeCopy(copy, log)
  await writeSecret(copy, 'postgres_password', Buffer.from(await generatedSecret(data_dir, 'postgres_password')))
  return copy
}

/** Its server may still run, when its program was killed. */
export async function removeCopy(copy: string, log: Log): Promise<void> {
  if (!existsSync(copy)) return
  if (existsSync(join(copy, 'postgres'))) await whileStopped(copy, log, async () => {})
  await rm(copy, { recursive: true, force: true, maxRetries: 3 })
}

/** By table. Of a database that nobody else writes to. */
export async function countRows(sql: ISql): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const table of await listTables(sql)) {
    const [row] = await sql.unsafe<{ rows: number }[]>(`select count(*)::float8 as rows from only ${nameOf(table)}`)
    counts.set(nameOf(table), row!.rows)
  }
  return counts
}
