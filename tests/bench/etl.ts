/**
 * The daily report of a large catalogue: process_data in the real jobs program, through the export of the real API,
 * beside the same job in Python (../shared/peers/etl) through the paged list of its own API. The same rows on the same
 * PostgreSQL server, in turns.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { joinEmbedded } from '../../db/engines/embedded/index.ts'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import { migrateDatabase } from '../../db/engines/postgres/migrate.ts'
import { enqueueRun } from '../../db/jobs/enqueue-run.ts'
import { freePort, startProgram, until, type Program } from '../kit/program.ts'
import type { Figure } from './main.ts'
import { peakMemory } from './etl/peak-memory.ts'
import { runPeer, type PeerFigures } from './etl/peer.ts'
import { peerFolder } from './peers.ts'

const ROWS = 100_000
const TURNS = 3

export async function bench(): Promise<Figure[]> {
  const data_dir = await mkdtemp(join(tmpdir(), 'doca-bench-etl-'))
  const server = await joinEmbedded({ data_dir })
  const sql = openSql(server.url, 2)
  const programs: Program[] = []
  try {
    await migrateDatabase(server.url)
    await fillCatalogue(sql)
    const PORT = String(freePort())
    const env = { DATA_DIR: data_dir, PORT, LOG_LEVEL: 'warn' }
    // Without process_data's neighbours, which have no part in this.
    programs.push(startProgram('api/main.ts', [], env), startProgram('jobs/main.ts', [], env))
    await until(
      'the API',
      async () =>
        fetch(`http://127.0.0.1:${PORT}/health/live`).then(
          ({ ok }) => ok,
          () => false,
        ),
      30_000,
    )
    await until(
      'the job to be known',
      async () => (await sql`select 1 from jobs where name = 'process_data'`).length > 0,
      30_000,
    )

    const folder = peerFolder('etl')
    const ours: number[] = []
    const theirs: PeerFigures[] = []
    for (let turn = 0; turn < TURNS; turn++) {
      ours.push(await report(sql, programs[1]!))
      if (folder) theirs.push(await runPeer(folder, sql, server.url, ROWS))
    }
    // In a run of its own, which looking makes slower.
    const memory = peakMemory(programs[1]!.pid)
    await report(sql, programs[1]!)
    return figuresOf(ours, (await memory.stop()).pss_mib, theirs)
  } finally {
    for (const program of programs) program.kill('SIGTERM')
    await Promise.all(programs.map(({ exited }) => exited))
    await sql.end({ timeout: 5 })
    await server.leave()
    await rm(data_dir, { recursive: true, force: true })
  }
}

/** Seconds of one run, from its trigger to its end. */
async function report(sql: Sql, jobs: Program): Promise<number> {
  const started = performance.now()
  const { run_id } = await enqueueRun(sql, { job: 'process_data', trigger: 'manual' })
  const run = await until(
    'the report',
    async () => {
      const [row] = await sql<{ state: string; error: string | null; result: { items: number } }[]>`
      select state, error, result from runs where id = ${run_id} and finished_at is not null`
      return row
    },
    120_000,
    jobs.output,
  )
  const seconds = (performance.now() - started) / 1000
  if (run.result?.items !== ROWS) throw new Error(`the report is not of ${ROWS} items: ${run.state}, ${run.error}`)
  return seconds
}

/** The rows that the peer's own seed makes, in our columns. */
async function fillCatalogue(sql: Sql): Promise<void> {
  await sql`
    insert into packaging (id, sku, name, material, kind, capacity_ml, unit_cost, currency, supplier, stock, reorder_level)
    select gen_random_uuid(), 'SKU-' || i, kind || ' de ' || material || ' ' || i, material, kind,
      (array[50, 100, 250, 500, 750, 1000, 2000, 5000])[1 + floor(random() * 8)::int],
      round((0.2 + random() * 119.8)::numeric, 2), 'BRL', 'Fornecedor ' || (i % 40), floor(random() * 5000)::int, 200
    from (
      select i, (array['caixa', 'pote', 'saco', 'garrafa', 'tubo', 'bandeja', 'frasco', 'sachê'])[1 + i % 8] as kind,
        (array['paper', 'plastic', 'glass', 'metal', 'wood', 'other'])[1 + i % 6] as material
      from generate_series(1, ${ROWS}) as i) made`
  await sql`analyze packaging`
}

function figuresOf(ours: number[], peak: number, theirs: PeerFigures[]): Figure[] {
  const work = `${ROWS} rows through the API: read, added up, written as JSON, CSV and PNG; median of ${TURNS}`
  const seconds = median(ours)
  const figures: Figure[] = [
    { figure: 'process_data', value: round(seconds), unit: 's', target: '-', work },
    {
      figure: 'its memory',
      value: round(peak),
      unit: 'MiB',
      target: '-',
      work: 'PSS, the most of the jobs program and its children',
    },
  ]
  if (theirs.length === 0) return figures
  const peer_s = median(theirs.map(({ total_s }) => total_s))
  const peer_mib = Math.min(...theirs.map(({ max_rss_mib }) => max_rss_mib))
  return [
    ...figures,
    {
      figure: 'the peer',
      value: round(peer_s),
      unit: 's',
      target: '-',
      work: 'pandas, 500 rows a page, JSON and CSV without a chart',
    },
    {
      figure: 'its memory',
      value: round(peer_mib),
      unit: 'MiB',
      target: '-',
      work: 'RSS of its process alone, the least of the turns',
    },
    {
      figure: 'times as fast',
      value: round(peer_s / seconds),
      unit: '',
      target: '>= 3',
      work: 'the peer over process_data',
    },
    {
      figure: 'memory of the peer’s',
      value: round(peak / peer_mib),
      unit: '',
      target: '<= 1',
      work: 'process_data over the peer',
    },
  ]
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
const round = (value: number) => Math.round(value * 100) / 100
