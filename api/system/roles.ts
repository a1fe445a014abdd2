/** What stands behind each role, where, and how it is; never with a user, a password or a key. */
import type { Db } from '../../db/engines/connect.ts'
import type { DbConfig } from '../../db/engines/config.ts'
import { chosenEngines, type Engine } from '../../db/engines/engines.ts'
import { postgresVersion } from '../../db/engines/postgres/server-facts.ts'
import type { Log } from '../../lib/log.ts'
import { withDeadline } from '../../lib/retry.ts'
import { withoutCredentials } from '../../lib/settings.ts'
import { checkRoles, type Check } from '../health/read-health.ts'

export const ROLES = ['database', 'cache', 'stream', 'queue', 'history', 'journal', 'objects'] as const
export const PLACEMENTS = ['server', 'embedded', 'tables', 'files'] as const

export interface RoleFacts extends Check {
  role: (typeof ROLES)[number]
  engine: string
  version: string | null
  placement: (typeof PLACEMENTS)[number]
  where: string | null
}

/** `askVersions`: beforehand, so that whoever looks finds them. */
export function createRoleFacts(
  db: Db,
  config: DbConfig,
  log: Log,
): { read: () => Promise<RoleFacts[]>; askVersions: () => void } {
  const engines = new Map(chosenEngines(config).map((engine) => [engine.role, engine]))
  const versionOf = createVersions(log)

  function factsOf(role: RoleFacts['role'], postgres: string | null): Omit<RoleFacts, keyof Check> {
    if (role === 'database') {
      const placement = config.database_url === undefined ? 'embedded' : 'server'
      return { role, engine: 'PostgreSQL', version: postgres, placement, where: withoutCredentials(db.url) }
    }
    const engine = engines.get(role)
    if (engine)
      return {
        role,
        engine: engine.name,
        version: versionOf(engine),
        placement: 'server',
        where: withoutCredentials(engine.url),
      }
    if (role === 'objects')
      return { role, engine: 'files', version: null, placement: 'files', where: `${config.data_dir}/objects` }
    return { role, engine: 'PostgreSQL', version: postgres, placement: 'tables', where: null }
  }

  async function read(): Promise<RoleFacts[]> {
    const [checks, postgres] = await Promise.all([checkRoles(db), postgresVersion(db.sql).catch(() => null)])
    return ROLES.map((role) => {
      const { status, latency_ms } = checks[role]!
      // One that takes no writes does not do its work.
      const isDown = role === 'database' && checks.writes!.status === 'down'
      return { ...factsOf(role, postgres), status: isDown ? 'down' : status, latency_ms }
    })
  }

  return { read, askVersions: () => engines.forEach(versionOf) }
}

const DEADLINE_MS = 20_000
const KEPT_MS = 3600_000

/** After a failure, which an engine has that starts with the API. */
const AGAIN_MS = 60_000

/**
 * An inspection writes and removes something of ours: at most one an hour, or where it fails one a minute, which nobody waits for.
 * Unknown until then.
 */
export function createVersions(
  log: Pick<Log, 'warn'>,
  now_ms = Date.now,
): (engine: Pick<Engine, 'role' | 'name' | 'inspect'>) => string | null {
  const known = new Map<string, { version: string | null; until_ms: number }>()
  return ({ role, name, inspect }) => {
    const before = known.get(role)
    if (before && now_ms() < before.until_ms) return before.version
    const asked = { version: before?.version ?? null, until_ms: now_ms() + KEPT_MS }
    known.set(role, asked)
    withDeadline(inspect(), DEADLINE_MS, name).then(
      ({ version }) => void (asked.version = version),
      (err: unknown) => {
        asked.until_ms = now_ms() + AGAIN_MS
        log.warn({ err, role }, 'the version of an engine could not be read')
      },
    )
    return asked.version
  }
}
