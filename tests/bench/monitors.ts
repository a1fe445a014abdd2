/** `bun run bench monitors [--seconds N]`: what 100 monitors at 30 s cost the jobs program, beyond what it costs without any. */
import { join } from 'node:path'
import { registerMonitors } from '../../db/monitors/register.ts'
import { monitor } from '../../jobs/monitor.ts'
import { startMonitors } from '../../jobs/monitors/start-monitors.ts'
import { leaveTestServer, testDatabase } from '../kit/database.ts'
import { silent } from '../kit/replica.ts'
import type { Figure } from './main.ts'

const COUNT = 100
const EVERY_S = 30
/** Then each has its place in the interval. */
const SETTLE_S = 2 * EVERY_S

export async function bench(_: string | undefined, seconds = 60): Promise<Figure[]> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'monitors', 'targets.ts')], { stdout: 'pipe' })
  const database = await testDatabase()
  try {
    const { value } = await child.stdout.getReader().read()
    const { https, http, ca } = JSON.parse(new TextDecoder().decode(value)) as {
      https: number
      http: number
      ca: string
    }
    await registerMonitors(
      database.sql,
      Array.from({ length: COUNT }, (_, i) => {
        const common = { name: `m_${i}`, every_s: EVERY_S }
        if (i % 10 < 6)
          return monitor({
            ...common,
            http: { url: `https://localhost:${https}/`, ca, contains: 'x', certificate_days: 1 },
          })
        if (i % 10 < 8) return monitor({ ...common, http: { url: `http://127.0.0.1:${http}/`, contains: 'x' } })
        return monitor({ ...common, tcp: { host: '127.0.0.1', port: http } })
      }),
    )
    const without = await costOf(seconds)
    const monitors = startMonitors(database.sql, { log: silent, env: {}, isNeeded: () => true })
    await Bun.sleep(SETTLE_S * 1000)
    const with_them = await costOf(seconds)
    await monitors.stop()
    const [{ checks, failed }] = (await database.sql`
      select sum(good + failed)::int as checks, sum(failed)::int as failed from monitor_hours`) as unknown as [Counts]
    return [
      {
        figure: `${COUNT} monitors at ${EVERY_S} s`,
        value: Math.round((with_them - without) * 100) / 100,
        unit: '% of a core',
        target: '<= 2, PostgreSQL included',
        work: `${checks} checks in ${SETTLE_S + seconds} s, ${failed} failed; 60 HTTPS, 20 HTTP, 20 TCP; without PostgreSQL`,
      },
    ]
  } finally {
    child.kill()
    await database.close()
    await leaveTestServer()
  }
}

interface Counts {
  checks: number
  failed: number
}

/** Percent of a core that this process takes. */
async function costOf(seconds: number): Promise<number> {
  const before = process.cpuUsage()
  const begun_at = performance.now()
  await Bun.sleep(seconds * 1000)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 10 / (performance.now() - begun_at)
}
