/**
 * The Python programs that ours are measured against (../shared/peers), on our engines. Their virtual environments are made
 * once, in the folder for temporary files.
 */
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sql } from 'postgres'

/** PEERS_DIR, else beside this project; undefined where there is none. */
export function peerFolder(name: string): string | undefined {
  const folder = join(process.env.PEERS_DIR ?? join(import.meta.dir, '../../../shared/peers'), name)
  return existsSync(folder) ? folder : undefined
}

/** What each of them reads from its environment; their database is made where it is missing. */
export async function peerEnvironment(sql: Sql, url: string): Promise<Record<string, string>> {
  const found = await sql`select 1 from pg_database where datname = 'peers'`
  if (found.length === 0) await sql`create database peers`
  const database = new URL(url)
  database.pathname = '/peers'
  database.protocol = 'postgresql:'
  return {
    PATH: process.env.PATH!,
    HOME: process.env.HOME!,
    PEERS_STATE: join(tmpdir(), 'doca-peers'),
    DATABASE_URL: database.href,
  }
}
