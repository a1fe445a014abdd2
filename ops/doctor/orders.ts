/** Checks the databases of the order systems and of their output: reachable, of the right version, with their tables and rights. */
import type { OrdersConfig } from '../../db/orders/config.ts'
import { inspectOrders } from '../../db/orders/inspect.ts'
import { messageOf } from '../../lib/errors.ts'
import { withDeadline } from '../../lib/retry.ts'
import { failed, ok, type Finding } from './finding.ts'

type Check = [check: string, run: () => Promise<Finding>]

const DEADLINE_MS = 20_000

/** One check per database of its own, and one for all that are schemas of the database that programs share. */
export function orderChecks({ systems, output_url }: OrdersConfig): Check[] {
  const shared = systems.filter(({ url }) => url === undefined).map(({ name }) => `system_${name}`)
  const schemas = [...shared, ...(output_url === undefined ? ['output'] : [])]
  const checks: Check[] = systems.flatMap(({ name, url }) =>
    url === undefined ? [] : [[`orders ${name}`, () => inspect('system', url, 'SYSTEMS')] satisfies Check],
  )
  if (output_url !== undefined)
    checks.push(['orders output', () => inspect('output', output_url, 'OUTPUT_DATABASE_URL')])
  if (schemas.length > 0) checks.push(['orders', async () => ok(`schemas of the database: ${schemas.join(', ')}`)])
  return checks
}

async function inspect(kind: 'system' | 'output', url: string, variable: string): Promise<Finding> {
  try {
    const { version, latency_ms, problems, tables } = await withDeadline(inspectOrders(kind, url), DEADLINE_MS)
    const found =
      `PostgreSQL ${version}, answers in ${latency_ms.toFixed(1)} ms, ` +
      (tables === null ? 'without its table yet, which the first use makes' : 'with its table')
    if (problems.length === 0) return ok(found)
    return failed(
      `${found}; ${problems.map((problem) => problem.found).join('; ')}`,
      problems.map((problem) => problem.fix).join(' '),
    )
  } catch (thrown) {
    return failed(messageOf(thrown), `Start it, or correct ${variable}.`)
  }
}
