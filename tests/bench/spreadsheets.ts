/** A catalogue of 50,000 rows × 16 columns, as CSV and as xlsx: imported into an empty table, and drawn. */
import ExcelJS from 'exceljs'
import { commandLineActor } from '../../db/audit/audit.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_LIMITS } from '../../charts/limits.ts'
import { createPool } from '../../charts/pool/index.ts'
import { joinEmbedded } from '../../db/engines/embedded/index.ts'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import { migrateDatabase } from '../../db/engines/postgres/migrate.ts'
import { csvLine } from '../../db/packaging/export.ts'
import { createImporter } from '../../db/packaging/import/import-file.ts'
import { PACKAGING_FIELDS, type PackagingValues } from '../../db/packaging/packaging.ts'
import type { Figure } from './main.ts'

const ROWS = 50_000
const TURNS = 3

export async function bench(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'doca-bench-spreadsheets-'))
  const server = await joinEmbedded({ data_dir: folder })
  const sql = openSql(server.url, 2)
  const pool = createPool({ limits: DEFAULT_LIMITS, locale: 'pt-BR' })
  try {
    await migrateDatabase(server.url)
    const importFile = createImporter(sql)
    const figures: Figure[] = []
    for (const path of await makeFiles(folder)) {
      const kind = path.slice(path.lastIndexOf('.') + 1)
      const bytes = await Bun.file(path).bytes()
      const imported = () => importFile({ bytes }, commandLineActor())
      const emptied = async () => void (await sql`truncate packaging`)
      figures.push(await seconds(`import of ${kind}`, imported, emptied))
      figures.push(await seconds(`chart of ${kind}`, () => pool.draw(path, path)))
    }
    return figures
  } finally {
    pool.close()
    await sql.end({ timeout: 5 })
    await server.leave()
    await rm(folder, { recursive: true, force: true })
  }
}

async function seconds(figure: string, work: () => Promise<unknown>, before = async () => {}): Promise<Figure> {
  const taken: number[] = []
  for (let turn = 0; turn < TURNS; turn++) {
    await before()
    const started = performance.now()
    await work()
    taken.push((performance.now() - started) / 1000)
  }
  const value = Math.round(taken.toSorted((a, b) => a - b)[TURNS >> 1]! * 100) / 100
  return { figure, value, unit: 's', target: '-', work: `${ROWS} rows × 16 columns, median of ${TURNS}` }
}

async function makeFiles(folder: string): Promise<string[]> {
  const items = Array.from({ length: ROWS }, (_, at) => itemOf(at))
  const [csv, xlsx] = [join(folder, 'catalogue.csv'), join(folder, 'catalogue.xlsx')]
  await Bun.write(csv, `${PACKAGING_FIELDS.join()}\r\n${items.map((item) => csvLine(item)).join('')}`)
  const book = new ExcelJS.Workbook()
  const cell = (value: PackagingValues[keyof PackagingValues]) =>
    Array.isArray(value) ? value.join(';') : typeof value === 'string' && /^[\d.]+$/.test(value) ? Number(value) : value
  const rows = items.map((item) => PACKAGING_FIELDS.map((field) => cell(item[field])))
  book.addWorksheet('Catálogo').addRows([[...PACKAGING_FIELDS], ...rows])
  await book.xlsx.writeFile(xlsx)
  return [csv, xlsx]
}

function itemOf(at: number): PackagingValues {
  return {
    sku: `CX-${at}`,
    name: `Caixa maleta ${at} × 30 mm, onda B`,
    material: 'paper',
    kind: 'box',
    length_mm: String((at % 900) + 10.5),
    width_mm: '110',
    height_mm: '30',
    weight_g: '30.25',
    capacity_ml: null,
    unit_cost: String(((at % 1000) + 50) / 100),
    currency: 'BRL',
    supplier: `Fornecedor ${at % 40}`,
    stock: at % 500,
    reorder_level: 10,
    recyclable: at % 2 === 0,
    tags: ['a', 'b'],
  }
}
