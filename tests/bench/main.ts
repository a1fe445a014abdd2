/** `bun run bench [NAME…]`: measures and prints a table, and JSON with `--json`. Nothing here is asserted. */
import { parseWords, printRows, wrongUsage } from '../../lib/command-line.ts'

/** One figure; `work` says what was done for it, and by both sides where two are compared. */
export interface Figure {
  figure: string
  value: number
  unit: string
  /** The same by the bare client library in the same run. */
  bare?: number
  /** How much of the bare client's speed ours is. */
  ratio?: number
  /** What the project aims at, where it has said so. */
  target: string
  work: string
}

/** `bench` takes one of its `parts`, for NAME/PART. */
interface Bench {
  bench(part?: string): Promise<Figure[]>
  parts?: string[]
}

const BENCHES: Record<string, () => Promise<Bench>> = {
  system: () => import('./system.ts'),
  storm: () => import('./storm.ts'),
  roles: () => import('./roles.ts'),
  jobs: () => import('./jobs.ts'),
  'sign-in': () => import('./sign-in.ts'),
}

if (import.meta.main) {
  const usage = `Usage: bun run bench [${Object.keys(BENCHES).join('|')}] [--json]`
  const { values, positionals } = parseWords(Bun.argv.slice(2), { json: { type: 'boolean', default: false } }, usage)
  for (const word of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
    const [name = '', part] = word.split('/')
    const { bench, parts = [] } = (await BENCHES[name]?.()) ?? wrongUsage(`There is no benchmark ${name}.`, usage)
    if (part !== undefined && !parts.includes(part))
      wrongUsage(`${name} has no part ${part}, only ${parts.join(', ') || 'itself'}.`, usage)
    const figures = await bench(part)
    const compares = figures.some(({ ratio }) => ratio !== undefined)
    if (!values.json) process.stdout.write(`\n${word}\n`)
    const rows = figures.map(({ figure, value, unit, bare = null, ratio = null, target, work }) => ({
      bench: name,
      figure,
      value,
      unit,
      ...(compares && { bare, ratio }),
      target,
      work,
    }))
    printRows(rows, values.json)
  }
}
