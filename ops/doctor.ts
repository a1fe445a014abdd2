/** `bun run doctor`: a line for each thing that Doca needs, with how to fix it; exit 1 when one is missing. */
import { parseWords, printRows, wrongUsage } from '../lib/command-line.ts'
import { ConfigError } from '../lib/env.ts'
import { messageOf } from '../lib/errors.ts'
import { EXIT } from '../lib/program.ts'
import { readAllConfigs } from './configuration.ts'
import { checkBun, checkDataDir, checkDisk, checkFonts, checkPort } from './doctor/machine.ts'
import { checkBackup } from './doctor/backup.ts'
import { checkDatabase } from './doctor/database.ts'
import { engineChecks } from './doctor/engines.ts'
import { failed, ok, type Finding } from './doctor/finding.ts'
import { orderChecks } from './doctor/orders.ts'
import { peopleChecks } from './doctor/people.ts'
import { checkPrograms } from './doctor/programs.ts'
import { registryChecks } from './doctor/registry.ts'
import { checkTwoFactorKey } from './doctor/two-factor.ts'

type Line = { check: string } & Finding

const USAGE = 'Usage: bun run doctor [--json]'
const { values, positionals } = parseWords(Bun.argv.slice(2), { json: { type: 'boolean', default: false } }, USAGE)
if (positionals.length > 0) wrongUsage('It takes no words.', USAGE)

const findings = await diagnose()
if (values.json) printRows(findings, true)
else process.stdout.write(`${findings.map(line).join('\n')}\n`)
process.exit(findings.some(({ status }) => status === 'failed') ? EXIT.failed : EXIT.done)

async function diagnose(): Promise<Line[]> {
  let configs: ReturnType<typeof readAllConfigs>
  try {
    configs = readAllConfigs(process.env)
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown
    return thrown.problems.map((problem) => ({ check: 'configuration', ...failed(problem, problem) }))
  }
  const { api, jobs, consumers } = configs
  const checks: Array<[string, () => Promise<Finding>]> = [
    ['configuration', async () => ok('every variable can be read')],
    ['bun', checkBun],
    ['data folder', () => checkDataDir(api.db.data_dir)],
    ['disk', () => checkDisk(api.db.data_dir)],
    ['fonts', checkFonts],
    ['port', () => checkPort(api.host, api.port)],
    ['database', () => checkDatabase(api.db)],
    ['programs', () => checkPrograms(api.db)],
    ['two-factor key', () => checkTwoFactorKey(api)],
    ['backup', () => checkBackup({ ...jobs.db, ...jobs.backup })],
    ...engineChecks(api.db, consumers.people.table),
    ...peopleChecks(consumers),
    ...orderChecks(api.orders),
    ...registryChecks(consumers.events),
  ]
  const lines: Line[] = []
  // One after the other: the folder must be there before the database starts in it.
  for (const [check, run] of checks) {
    const finding = await run().catch((thrown) => failed(messageOf(thrown), null))
    lines.push({ check, ...finding })
  }
  return lines
}

function line({ check, status, found, fix }: Line): string {
  const mark = status === 'ok' ? 'ok    ' : 'FAILED'
  return `${mark}  ${check.padEnd(14)} ${found}${fix && fix !== found ? `\n${' '.repeat(24)}-> ${fix}` : ''}`
}
