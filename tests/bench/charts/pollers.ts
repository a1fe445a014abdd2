/** Pollers as programs: how many workbooks a second, how soon, and with what memory. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import ExcelJS from 'exceljs'
import { until } from '../../kit/program.ts'
import type { Figure } from '../main.ts'
import { pssOf } from '../system.ts'
import type { PollerGround } from './start-pollers.ts'

const SMALL_ROWS = 20
const MOST_MB = 120
const POLL_MS = 1_000

/** Two pollers with one drawing process each, for two cores. */
export async function pollerFigures(ground: PollerGround, share: number): Promise<Figure[]> {
  const { sql, uploads } = ground
  const count = Math.max(10, Math.round(300 * share))
  const pollers = await Promise.all([1, 2].map(() => ground.startPoller({ CHARTS_WORKERS: '1' })))
  // Started, and warm.
  await put(uploads, 'warm', 20)
  await drawn(ground, 20)
  await put(uploads, 'w', count)
  await drawn(ground, 20 + count)
  const [{ seconds, again }] = await sql<[{ seconds: number; again: number }]>`
    select extract(epoch from max(finished_at) - min(found_at))::float8 as seconds,
      (count(*) filter (where attempt > 1))::int as again
    from charts where source_key like 'uploads/w-%'`
  const work = `${count} workbooks of ${SMALL_ROWS} rows, all there at once; from the first claim to the last picture; ${again} were drawn twice`
  const memory = await Promise.all(pollers.map(({ pid }) => memoryOf(pid)))
  return [
    { figure: 'two pollers', value: round(count / seconds), unit: 'workbooks/s', target: '>= 15', work },
    {
      figure: 'memory of one poller, RSS',
      value: Math.round(Math.max(...memory.map(({ rss }) => rss))),
      unit: 'MB',
      target: `<= ${MOST_MB}`,
      work: `after that, without its drawing process; PSS ${memory.map(({ pss }) => Math.round(pss)).join(' and ')} MB`,
    },
  ]
}

/** One after the other, put at moments that do not follow the poll. */
export async function latencyFigures(ground: PollerGround, share: number): Promise<Figure[]> {
  const count = Math.max(3, Math.round(30 * share))
  await ground.startPoller({ CHARTS_POLL_S: String(POLL_MS / 1000) })
  await put(ground.uploads, 'warm', 1)
  await drawn(ground, 1)
  const taken: number[] = []
  for (let at = 0; at < count; at++) {
    await Bun.sleep((at * 137) % POLL_MS)
    const begun = performance.now()
    await put(ground.uploads, `l${at}`, 1)
    await until('its picture', () => Bun.file(join(ground.pictures, `l${at}-0.png`)).exists())
    taken.push((performance.now() - begun) / 1000)
  }
  const sorted = taken.toSorted((a, b) => a - b)
  const work = `${count} workbooks of ${SMALL_ROWS} rows one after the other, CHARTS_POLL_S=1, by the file's being there; median ${round(sorted[count >> 1]!)} s`
  return [{ figure: 'put to picture, slowest', value: round(sorted.at(-1)!), unit: 's', target: '<= 2', work }]
}

/** Nothing of it is to be drawn any more. */
export async function manyFigures(ground: PollerGround, share: number): Promise<Figure[]> {
  const { sql, uploads } = ground
  const count = Math.max(1000, Math.round(100_000 * share))
  const csv = 'Mês;Valor\njan;1\nfev;2\nmar;3\n'
  // With the mode that a program at its start gives them, which would make them other versions.
  for (let at = 0; at < count; at += 1000)
    await Promise.all(
      Array.from({ length: 1000 }, (_, n) => Bun.write(join(uploads, `m-${at + n}.csv`), csv, { mode: 0o600 })),
    )
  const { createDiskObjects } = await import('../../../db/engines/objects/disk/objects.ts')
  const objects = await createDiskObjects(join(uploads, '..'))
  const known: { id: string; source_key: string; source_version: string; state: string }[] = []
  const store = async () => {
    const rows = known.splice(0)
    if (rows.length > 0) await sql`insert into charts ${sql(rows)}`
  }
  for await (const { key, version } of objects.list('uploads/')) {
    known.push({ id: Bun.randomUUIDv7(), source_key: key, source_version: version, state: 'drawn' })
    if (known.length === 5000) await store()
  }
  await store()
  const poller = await ground.startPoller()
  // Its first pass is over when what comes last is drawn.
  await Bun.write(join(uploads, 'z.csv'), csv)
  const begun = performance.now()
  await until('the last of all', () => Bun.file(join(ground.pictures, 'z.csv.png')).exists(), 300_000, poller.output)
  const pass_s = (performance.now() - begun) / 1000
  await Bun.sleep(35_000 * Math.min(1, share * 2))
  const [cpu_before, at] = [await cpuSeconds(poller.pid), performance.now()]
  await Bun.sleep(20_000 * Math.min(1, share * 2))
  const cpu = (await cpuSeconds(poller.pid)) - cpu_before
  const { rss, pss } = await memoryOf(poller.pid)
  const work = `${count} workbooks that are drawn, on disk, CHARTS_POLL_S=1`
  return [
    { figure: 'many, first pass', value: round(pass_s), unit: 's', target: '-', work },
    {
      figure: 'many, memory of the poller, RSS',
      value: Math.round(rss),
      unit: 'MB',
      target: `<= ${MOST_MB}`,
      work: `${work}; PSS ${Math.round(pss)} MB`,
    },
    {
      figure: 'many, CPU of polls',
      value: round((cpu / ((performance.now() - at) / 1000)) * 100),
      unit: '% of a core',
      target: '-',
      work,
    },
  ]
}

async function put(uploads: string, name: string, count: number): Promise<void> {
  const bytes = await small()
  for (let at = 0; at < count; at++) await Bun.write(join(uploads, `${name}-${at}.xlsx`), bytes)
}

let bytes: Uint8Array | undefined
async function small(): Promise<Uint8Array> {
  if (bytes) return bytes
  const book = new ExcelJS.Workbook()
  const rows = Array.from({ length: SMALL_ROWS }, (_, at) => [`Produto ${at + 1}`, (at * 7919) % 900])
  book.addWorksheet('Vendas').addRows([['Produto', 'Vendas'], ...rows])
  return (bytes = new Uint8Array(await book.xlsx.writeBuffer()))
}

async function drawn({ sql }: PollerGround, count: number): Promise<void> {
  await until(
    `${count} charts`,
    async () => {
      const [row] = await sql<[{ drawn: number }]>`select count(*)::int as drawn from charts where state = 'drawn'`
      // Asking costs the database time.
      return row.drawn >= count || (await Bun.sleep(200))
    },
    600_000,
  )
}

async function memoryOf(pid: number): Promise<{ rss: number; pss: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const mib = Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1024
  return { rss: megabytes(mib), pss: megabytes(await pssOf(pid)) }
}

async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

const megabytes = (mib: number) => (mib * 1024 ** 2) / 1e6
const round = (value: number) => Math.round(value * 100) / 100
