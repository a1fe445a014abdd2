/** `bun run bench [NAME…]`: measures and prints a table, and JSON with `--json`. Nothing here is asserted. */
import { parseWords, printRows, wrongUsage } from '../../lib/command-line.ts'

/** One figure; `work` says what was done for it, and by both sides where two are compared. */
export interface Figure {
  figure: string
  value: number
  unit: string
  /** What the project aims at, where it has said so. */
  target: string
  work: string
}

const BENCHES: Record<string, () => Promise<{ bench: () => Promise<Figure[]> }>> = {
  system: () => import('./system.ts'),
  storm: () => import('./storm.ts'),
  roles: () => import('./roles.ts'),
  jobs: () => import('./jobs.ts'),
}

if (import.meta.main) {
  const usage = `Usage: bun run bench [${Object.keys(BENCHES).join('|')}] [--json]`
  const { values, positionals } = parseWords(Bun.argv.slice(2), { json: { type: 'boolean', default: false } }, usage)
  const unknown = positionals.filter((name) => !(name in BENCHES))
  if (unknown.length > 0) wrongUsage(`There is no benchmark ${unknown.join(', ')}.`, usage)
  for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
    const { bench } = await BENCHES[name]!()
    const figures = await bench()
    if (!values.json) process.stdout.write(`\n${name}\n`)
    printRows(
      figures.map((figure) => ({ bench: name, ...figure })),
      values.json,
    )
  }
}
