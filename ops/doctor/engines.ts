/** Checks the engine of each role: reachable, of the right version, with the rights it needs; and how fast it answers. */
import type { DbConfig } from '../../db/engines/config.ts'
import { chosenEngines, type Engine } from '../../db/engines/engines.ts'
import type { RecordTable } from '../../db/engines/history/records.ts'
import { withDeadline } from '../../lib/retry.ts'
import { messageOf } from '../../lib/errors.ts'
import { failed, ok, type Finding } from './finding.ts'

type Check = [role: string, run: () => Promise<Finding>]

const DEADLINE_MS = 20_000

/** One check per role whose variable is set. `records`: the table of people. */
export const engineChecks = (config: DbConfig, records: RecordTable): Check[] =>
  chosenEngines(config, records).map((engine) => [engine.role, () => finding(engine)])

async function finding({ role, name, inspect }: Engine): Promise<Finding> {
  try {
    const { version, latency_ms, problems } = await withDeadline(inspect(), DEADLINE_MS, name)
    const found = `${name} ${version}, answers in ${latency_ms.toFixed(1)} ms`
    if (problems.length === 0) return ok(found)
    return failed(
      `${found}; ${problems.map((problem) => problem.found).join('; ')}`,
      problems.map((problem) => problem.fix).join(' '),
    )
  } catch (thrown) {
    return failed(messageOf(thrown), `Start it, or correct ${role.toUpperCase()}_URL.`)
  }
}
