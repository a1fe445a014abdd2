/** What the benchmark of the roles runs on: an embedded PostgreSQL of its own, and the engines that are up. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import pino from 'pino'
import { readDbConfig } from '../../../db/engines/config.ts'
import { connect, type Db } from '../../../db/engines/connect.ts'
import { ROLE_NAMES } from '../../../db/engines/roles.ts'
import { envReader } from '../../../lib/env.ts'
import type { Log } from '../../../lib/log.ts'
import { engineVariables } from '../../../ops/engines/state.ts'
import type { EngineVariable } from '../../kit/engines.ts'
import type { Figure } from '../main.ts'

export interface Ground {
  /** Every role on embedded PostgreSQL. */
  db: Db
  data_dir: string
  log: Log
  /** A name that nobody else has, for topics, queues, keyspaces, …: small letters and digits. */
  fresh: string
  /** The figures of `work` on the engine, or none and a line that says how to get them. */
  onEngine(what: string, variable: EngineVariable, work: (url: string) => Promise<Figure[]>): Promise<Figure[]>
}

export async function openGround(): Promise<Ground & { close(): Promise<void> }> {
  const variables = await engineVariables(resolve(process.env.DATA_DIR || '.data'))
  // The S3 driver finds its keys there.
  for (const [name, value] of Object.entries(variables)) process.env[name] ??= value
  const data_dir = await mkdtemp(join(tmpdir(), 'doca-bench-'))
  const log = pino({ level: process.env.LOG_LEVEL || 'silent' }, pino.destination(2))
  const db = await connect(readDbConfig(envReader({ DATA_DIR: data_dir })), log, ROLE_NAMES)
  return {
    db,
    data_dir,
    log,
    fresh: `bench${Date.now().toString(36)}`,
    async onEngine(what, variable, work) {
      const url = process.env[variable]
      if (url) {
        process.stderr.write(`${what} …\n`)
        return work(url)
      }
      process.stderr.write(
        `skipped: ${what}, since ${variable} is not set and its engine is not up; bun run engines up\n`,
      )
      return []
    },
    async close() {
      await db.close()
      await rm(data_dir, { recursive: true })
    },
  }
}

/** Runs `work` and then `clean`, whatever became of it. */
export async function andThen<T>(work: () => Promise<T>, clean: () => Promise<unknown>): Promise<T> {
  try {
    return await work()
  } finally {
    await clean()
  }
}
