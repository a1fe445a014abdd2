/**
 * `bun run bench keep-wal`: what keeping the write-ahead log (KEEP_WAL) costs writers. Two embedded servers on one disk, of which one
 * keeps it, take the same inserts in turns; before each turn the one before has kept all of its log.
 */
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { joinEmbedded } from '../../db/engines/embedded/index.ts'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import { until } from '../kit/program.ts'
import type { Figure } from './main.ts'

const TURNS = 12
const TURN_MS = 4_000
const WRITERS = 4
const DATA = { note: 'x'.repeat(200) }
const LOADS = { 'single inserts': 1, 'rows in batches of 1,000': 1_000 }

export async function bench(): Promise<Figure[]> {
  await mkdir('.data', { recursive: true })
  const root = await mkdtemp(join(resolve('.data'), 'bench-wal-'))
  try {
    const [plain, keeping] = await Promise.all([
      serverAt(join(root, 'plain')),
      serverAt(join(root, 'keeping'), join(root, 'wal')),
    ])
    const figures: Figure[] = []
    for (const [figure, per] of Object.entries(LOADS)) {
      const rates = { plain: [] as number[], keeping: [] as number[] }
      for (let turn = 0; turn < TURNS; turn++)
        // Each goes first as often as the other.
        for (const one of turn % 2 ? (['keeping', 'plain'] as const) : (['plain', 'keeping'] as const))
          rates[one].push(await write(one === 'plain' ? plain : keeping, per))
      const [value, bare] = [median(rates.keeping), median(rates.plain)]
      figures.push({
        figure: `${figure}, with the log kept`,
        value,
        unit: 'rows/s',
        bare,
        ratio: value / bare,
        target: 'on by default from 0.95 on',
        work: `${TURNS} turns of ${TURN_MS / 1000} s each, ${WRITERS} writers`,
      })
    }
    await Promise.all([plain, keeping].map(({ close }) => close()))
    const kept = await readdir(join(root, 'wal'))
    const sizes = await Promise.all(kept.map(async (name) => (await stat(join(root, 'wal', name))).size))
    const value = sizes.reduce((sum, size) => sum + size, 0) / 1e6 / kept.length
    figures.push({ figure: 'a kept segment', value, unit: 'MB', target: '', work: `${kept.length} of 16 MB` })
    return figures
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

async function serverAt(data_dir: string, wal?: string) {
  const server = await joinEmbedded({ data_dir, wal })
  const sql = openSql(server.url, WRITERS)
  await sql`
    create table written (
      id uuid primary key, sku text not null, quantity int not null, data jsonb not null, at timestamptz not null default now())`
  const close = async () => {
    await sql.end()
    await server.leave()
  }
  return { sql, close, wal }
}

/** Rows a second. */
async function write({ sql, wal }: Awaited<ReturnType<typeof serverAt>>, per: number): Promise<number> {
  const started = performance.now()
  let rows = 0
  const writer = async () => {
    for (; performance.now() < started + TURN_MS; rows += per)
      await sql`
        insert into written (id, sku, quantity, data)
        select gen_random_uuid(), 'CX-' || n, n, ${sql.json(DATA)} from generate_series(1, ${per}) n`
  }
  await Promise.all(Array.from({ length: WRITERS }, writer))
  const rate = rows / ((performance.now() - started) / 1000)
  await sql`truncate written`
  if (wal) {
    const [{ last }] = await sql<[{ last: string }]>`select pg_walfile_name(pg_switch_wal()) as last`
    await until('the log to be kept', async () => (await readdir(wal)).includes(`${last}.gz`))
  }
  return rate
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
