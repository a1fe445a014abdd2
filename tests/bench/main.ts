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

/** `bench` takes one of its `parts`, for NAME/PART, and what `--seconds` and `--count` say. */
interface Bench {
  bench(part?: string, seconds?: number, count?: number): Promise<Array<Figure | object>>
  parts?: string[]
}

const BENCHES: Record<string, () => Promise<Bench>> = {
  system: () => import('./system.ts'),
  storm: () => import('./storm.ts'),
  roles: () => import('./roles.ts'),
  orders: () => import('./orders.ts'),
  events: () => import('./events.ts'),
  'orders-kills': () => import('./orders-kills.ts'),
  'events-kills': () => import('./events-kills.ts'),
  jobs: () => import('./jobs.ts'),
  etl: () => import('./etl.ts'),
  spreadsheets: () => import('./spreadsheets.ts'),
  charts: () => import('./charts.ts'),
  api: () => import('./api.ts'),
  'sign-in': () => import('./sign-in.ts'),
  bodies: () => import('./bodies.ts'),
  files: () => import('./files.ts'),
  monitors: () => import('./monitors.ts'),
  dashboard: () => import('./dashboard.ts'),
  'keep-wal': () => import('./keep-wal.ts'),
  outage: () => import('./outage.ts'),
  chaos: () => import('./chaos.ts'),
}
/** Take many minutes: only when they are asked for. */
const ASKED_FOR = ['monitors', 'outage', 'chaos', 'orders-kills', 'events-kills']

if (import.meta.main) {
  const usage = `Usage: bun run bench [${Object.keys(BENCHES).join('|')}] [--json] [--seconds N of an outage, the chaos or events/memory] [--count N of events-kills]`
  const options = {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string' },
    count: { type: 'string' },
  } as const
  const { values, positionals } = parseWords(Bun.argv.slice(2), options, usage)
  const numberOf = (text: string | undefined) => (text === undefined ? undefined : Number(text))
  const seconds = numberOf(values.seconds)
  const count = numberOf(values.count)
  if (seconds !== undefined && !(seconds > 0)) wrongUsage(`${values.seconds} is no number of seconds.`, usage)
  if (count !== undefined && !(Number.isInteger(count) && count > 0))
    wrongUsage(`${values.count} is no number of events.`, usage)
  const all = Object.keys(BENCHES).filter((name) => !ASKED_FOR.includes(name))
  for (const word of positionals.length > 0 ? positionals : all) {
    const [name = '', part] = word.split('/')
    const { bench, parts = [] } = (await BENCHES[name]?.()) ?? wrongUsage(`There is no benchmark ${name}.`, usage)
    if (part !== undefined && !parts.includes(part))
      wrongUsage(`${name} has no part ${part}, only ${parts.join(', ') || 'itself'}.`, usage)
    const rows = (await bench(part, seconds, count)).map((row) => ({
      bench: name,
      ...('figure' in row ? columns(row) : row),
    }))
    if (!values.json) process.stdout.write(`\n${word}\n`)
    printRows(rows, values.json)
  }
}

/** The same columns in every row, since a table takes them from its first. */
function columns({ figure, value, unit, bare, ratio, target, work }: Figure): object {
  return { figure, value, unit, bare: bare ?? null, ratio: ratio ?? null, target, work }
}
