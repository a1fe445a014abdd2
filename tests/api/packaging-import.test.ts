import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { createExporter } from '../../db/packaging/export.ts'
import { createLog } from '../../lib/log.ts'
import { CsvSplitter } from '../../lib/spreadsheet/split-csv.ts'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

const TABLES = join(import.meta.dir, '../fixtures/tables')
const CATALOGUE = await Bun.file(join(TABLES, 'packaging-catalogue.csv')).text()
const MISTAKES = await Bun.file(join(TABLES, 'packaging-catalogue-with-mistakes.csv')).text()
const HEADER = 'sku,name,material,kind,unit_cost,currency'

let api: TestApi
beforeAll(async () => void (api = await testApi()))
beforeEach(async () => void (await api.db.sql`truncate packaging`))
afterAll(() => api.close())

interface Change {
  sku: string
  before: Record<string, unknown> | null
  after: Record<string, unknown>
}
interface Refused {
  code: string
  detail: string
  errors: Array<{ path: string; line: number; column?: string; message: string }>
}
const send = (body: Bun.BodyInit, type = 'text/csv') =>
  api.call('POST', '/embalagens/import', { as: 'operator', body, headers: type ? { 'content-type': type } : {} })

async function imported(body: Bun.BodyInit, type?: string): Promise<unknown> {
  const answer = await send(body, type)
  const json = await answer.json()
  expect({ status: answer.status, json }).toMatchObject({ status: 200 })
  return json
}

/** The `line column` of every error; nothing may have been imported. */
async function refused(body: Bun.BodyInit): Promise<string[]> {
  const answer = await send(body)
  const problem = (await answer.json()) as Refused
  expect({ status: answer.status, code: problem.code }).toEqual({ status: 422, code: 'import_rejected' })
  const [row] = await api.db.sql`select count(*) as items from packaging`
  expect(row!.items).toBe(0)
  return (problem.errors ?? []).map(({ line, column }) => `${line} ${column ?? '-'}`)
}

const exported = async (query = '') => (await api.call('GET', `/embalagens/export${query}`, { as: 'viewer' })).text()
function rowsOf(csv: string): string[] {
  const splitter = new CsvSplitter(',')
  const rows = [...splitter.push(csv), ...splitter.end()].map(({ cells }) => JSON.stringify(cells))
  return rows.slice(1).toSorted()
}
const itemOf = async (sku: string) => {
  const answer = await api.call('GET', `/embalagens?q=${encodeURIComponent(sku)}`, { as: 'viewer' })
  return ((await answer.json()) as { items: Array<Record<string, unknown>> }).items[0]!
}

/** What Brazilian Excel saves of a CSV with points: semicolons, decimal commas, Windows-1252, CRLF. */
function brazilian(csv: string): Uint8Array {
  const lines = csv
    .trimEnd()
    .split('\n')
    .map((line) => {
      const cells = [...line.matchAll(/("([^"]|"")*"|[^,]*)(,|$)/g)].slice(0, 16).map((match) => match[1]!)
      return cells
        .map((cell) => (/^\d+\.\d+$/.test(cell) ? cell.replace('.', ',') : cell))
        .map((cell) => (cell.includes(';') && !cell.startsWith('"') ? `"${cell}"` : cell))
        .map((cell) => cell.replace(/^true$/, 'VERDADEIRO').replace(/^false$/, 'FALSO'))
        .join(';')
    })
  return new Uint8Array(Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1'))
}

describe('the real catalogue', () => {
  test('is imported whole, and the export gives back its rows', async () => {
    expect(await imported(CATALOGUE)).toEqual({ created: 182, updated: 0, unchanged: 0 })
    // So that a client that asks for what changed after one item does not get all of them.
    const [times] = await api.db.sql<{ apart: number; equal: boolean }[]>`
      select count(distinct updated_at)::int as apart, bool_and(created_at = updated_at) as equal from packaging`
    expect(times).toMatchObject({ equal: true })
    expect(times!.apart).toBeGreaterThan(20)
    expect(rowsOf(await exported())).toEqual(rowsOf(CATALOGUE))
  })

  test('a second time nothing changes; a changed row is updated and its version grows', async () => {
    await imported(CATALOGUE)
    expect(await imported(CATALOGUE)).toEqual({ created: 0, updated: 0, unchanged: 182 })
    const changed = CATALOGUE.replace('Garrafa de vidro 30 ml', 'Frasco de vidro 30 ml')
    expect(await imported(changed)).toEqual({ created: 0, updated: 1, unchanged: 181 })
    expect(await itemOf('GV-VID-30')).toMatchObject({ name: 'Frasco de vidro 30 ml', version: 2 })
  })

  test('in a dry run is counted and written nowhere, its mistakes are told, and its key stays free', async () => {
    await imported(CATALOGUE.split('\n').slice(0, 11).join('\n'))
    const changed = CATALOGUE.replaceAll(',paper,', ',wood,')
    const headers = { 'content-type': 'text/csv', 'idempotency-key': 'dry' }
    const ask = (query: string, body: string) =>
      api.call('POST', `/embalagens/import${query}`, { as: 'operator', body, headers })
    const before = await api.db.sql`select * from packaging order by sku`
    const dry = (await (await ask('?dry_run=true', changed)).json()) as { changes: Change[] }
    expect(await api.db.sql`select * from packaging order by sku`).toEqual(before)
    expect(await (await ask('?dry_run=true', MISTAKES)).json()).toMatchObject({ code: 'import_rejected' })
    const { changes, ...counts } = dry
    expect(await (await ask('', changed)).json()).toEqual(counts)
    expect(counts).toMatchObject({ created: 172 })
    expect(changes.filter(({ before }) => before === null)).toHaveLength(100)
    const updated = changes.filter(({ before }) => before !== null)
    expect(updated.length).toBeGreaterThan(0)
    for (const { before, after } of updated)
      expect({ before, after }).toEqual({ before: { material: 'paper' }, after: { material: 'wood' } })
  })

  test('as Brazilian Excel saves it, it means the same', async () => {
    const bytes = brazilian(CATALOGUE)
    expect(Buffer.from(bytes).toString('latin1')).toContain(
      '160×110×30 mm, onda B";paper;box;160;110;30;30;;0,5206;BRL',
    )
    expect(await imported(bytes)).toEqual({ created: 182, updated: 0, unchanged: 0 })
    expect(rowsOf(await exported())).toEqual(rowsOf(CATALOGUE))
  })

  test('with nine mistakes, it is refused whole, each told by line and column', async () => {
    const answer = await send(MISTAKES)
    const problem = (await answer.json()) as Refused
    expect(problem.detail).toBe('9 of 30 rows have mistakes. Nothing was imported.')
    expect(problem.errors.map((error) => `${error.path}: ${error.message}`)).toEqual([
      'line 5, column sku: repeats the sku of line 4: “CX-0427-160x110x30-B”',
      'line 7, column material: is “papelao”; it can be paper, plastic, glass, metal, wood, other',
      'line 9, column unit_cost: has a comma where the file otherwise writes decimals with a point: “1,25”',
      'line 11, column stock: is negative: “-4”',
      'line 13, column name: is empty',
      'line 15, column length_mm: is not a number: “abc”',
      'line 17, column currency: is missing: the row has 10 cells, the header 16',
      'line 19, column recyclable: is neither true nor false: “talvez”',
      'line 21, column currency: is not a currency code like BRL: “REAIS”',
    ])
    expect(await refused(MISTAKES)).toHaveLength(9)
  })
})

describe('a file', () => {
  const row = (sku: string, cost = '1.5') => `${sku},Caixa,paper,box,${cost},BRL`

  test('comes as a form field, too', async () => {
    const form = new FormData()
    form.append('file', new Blob([`${HEADER}\n${row('A')}`]), 'catálogo.csv')
    expect(await imported(form, '')).toMatchObject({ created: 1 })
    const other = new FormData()
    other.append('attachment', new Blob(['x']), 'x.csv')
    expect((await send(other, '')).status).toBe(422)
    expect((await send('rubbish', 'multipart/form-data; boundary=x')).status).toBe(400)
    expect((await send('{}', 'application/json')).status).toBe(415)
  })

  test('may have a BOM, be UTF-16, use tabs, or declare its separator', async () => {
    const text = `${HEADER}\n${row('A')}`.replace('Caixa', 'Papelão')
    expect(await imported(`\ufeff${text}`)).toMatchObject({ created: 1 })
    const tabs = text.replaceAll(',', '\t')
    expect(await imported(new Uint8Array(Buffer.from(`\ufeff${tabs}`, 'utf16le')))).toMatchObject({ unchanged: 1 })
    expect(await imported(`sep=|\r\n${text.replaceAll(',', '|')}`)).toMatchObject({ unchanged: 1 })
  })

  test('may name its columns in Portuguese, in any order and case, and leave optional ones out', async () => {
    await imported(`${HEADER},stock,tags\n${row('A')},7,x;y`)
    const text = 'Fornecedor;Custo Unitário;MOEDA;Código;Nome;Material;Tipo\nSerra Azul;2,75;brl;A;Caixa;Paper;box'
    expect(await imported(text)).toMatchObject({ updated: 1 })
    const kept = { supplier: 'Serra Azul', unit_cost: '2.75', currency: 'BRL', stock: 7, tags: ['x', 'y'] }
    expect(await itemOf('A')).toMatchObject(kept)
  })

  test('whose header is wrong is told every wrong column', async () => {
    expect(await refused(`sku,nome,name,colour,,kind\nA,a,a,red,,box`)).toEqual([
      '1 name',
      '1 colour',
      '1 5',
      '1 material',
      '1 unit_cost',
      '1 currency',
    ])
  })

  test('may say what every JavaScript object has: it is neither a column nor a value', async () => {
    const odd = ['constructor', '__proto__', 'hasOwnProperty', 'toString', 'valueOf']
    for (const name of odd) {
      expect(await refused(`${HEADER},${name}\n${row('A')},1`)).toEqual([`1 ${name}`])
      expect(await refused(`${HEADER},recyclable\n${row('A')},${name}`)).toEqual(['2 recyclable'])
    }
  })

  test('without rows, without anything, or without text is refused', async () => {
    for (const body of ['', '\n\n', `${HEADER}\n`, '\u0000\u0001\u0002', '%PDF-1.7 …'])
      expect(await refused(body)).toBeArray()
  })

  test('counts lines as an editor does: blank ones, and breaks inside a cell', async () => {
    const good = 'A,"Caixa\r\nde papel",paper,box,1.5,BRL'
    expect(await refused(`\r\n${HEADER}\r\n${good}\r\n\r\n,,,,,\r\nB,,paper,box,1.5,BRL\r\n`)).toEqual(['7 name'])
    await imported(`${HEADER}\n${good}`)
    expect((await itemOf('A')).name).toBe('Caixa de papel')
  })

  test('with broken quotes is told where the row begins', async () => {
    expect(await refused(`${HEADER}\n${row('A')}\nB,"Caixa,paper,box,1.5,BRL\n${row('C')}`)).toEqual(['3 -'])
    expect(await refused(`${HEADER}\nA,Cano 2",paper,box,1.5,BRL`)).toEqual(['2 -'])
  })

  test('with a long row is told so; blank cells at the end are no mistake', async () => {
    expect(await refused(`${HEADER}\n${row('A')},x`)).toEqual(['2 -'])
    expect(await imported(`${HEADER},,\n${row('A')},,,`)).toMatchObject({ created: 1 })
  })

  test('with more mistakes than anybody reads lists a thousand and counts the rest', async () => {
    const answer = await send(`${HEADER}\n${Array.from({ length: 1500 }, (_, i) => row(`S${i}`, 'x')).join('\n')}`)
    const problem = (await answer.json()) as Refused
    expect(problem.detail).toStartWith('1500 of 1500 rows have mistakes. The first 1000 of 1500 mistakes are listed.')
    expect(problem.errors).toHaveLength(1000)
  })

  test('that is larger than MAX_UPLOAD_MB is a 413', async () => {
    const small = await testApi({ MAX_UPLOAD_MB: '1' })
    try {
      const body = `${HEADER}\n${'x'.repeat(1024 * 1024)}`
      const answer = await small.call('POST', '/embalagens/import', { as: 'operator', body })
      expect(answer.status).toBe(413)
    } finally {
      await small.close()
    }
  })

  test('two imports of the same rows at once both succeed, and each row is there once', async () => {
    const text = `${HEADER}\n${Array.from({ length: 700 }, (_, i) => row(`S${i}`)).join('\n')}`
    const counts = (await Promise.all([imported(text), imported(text)])) as Array<{ created: number }>
    expect(counts.map((count) => count.created).toSorted()).toEqual([0, 700])
  })
})

describe('export', () => {
  const post = (item: Record<string, unknown>) =>
    api.call('POST', '/embalagens', {
      as: 'operator',
      json: { sku: 'A', name: 'Caixa', material: 'paper', kind: 'box', unit_cost: '1.50', currency: 'BRL', ...item },
    })

  test('text that would run as a formula is made harmless, and comes back as it was', async () => {
    const names = ['=1+1', '+55 11', '-x', '@SUM(A1)', "'=quoted", "it's", 'a "b", c']
    for (const [i, name] of names.entries()) await post({ sku: `-S${i}`, name, supplier: name, tags: [name, 'x'] })
    const csv = await exported()
    expect(csv).toContain("'-S0,'=1+1,")
    for (const cell of csv.split(/[\r\n,]+/)) expect(cell).not.toMatch(/^"?[=+\-@]/)
    await api.db.sql`truncate packaging`
    expect(await imported(csv)).toMatchObject({ created: names.length })
    for (const [i, name] of names.entries())
      expect(await itemOf(`-S${i}`)).toMatchObject({ name, supplier: name, tags: [name, 'x'] })
    expect(await exported()).toBe(csv)
  })

  const AS_EXCEL = '?excel=1'
  const ask = (query: string, language?: string) =>
    api.call('GET', `/embalagens/export${query}`, {
      as: 'viewer',
      headers: language === undefined ? {} : { 'accept-language': language },
    })

  test('for Excel in Brazil has semicolons, decimal commas and a byte order mark, when asked for it', async () => {
    await post({ unit_cost: '1.234', weight_g: '12.5', tags: ['a', 'b'] })
    const brazilian =
      '\ufeffsku;name;material;kind;length_mm;width_mm;height_mm;weight_g;capacity_ml;unit_cost;currency;supplier;stock;reorder_level;recyclable;tags\r\n' +
      'A;Caixa;paper;box;;;;12,5;;01,234;BRL;;0;0;false;"a;b"\r\n'
    const textOf = async (answer: Response) => Buffer.from(await answer.bytes()).toString()
    for (const [query, language] of [[AS_EXCEL], ['', 'pt-BR,pt;q=0.9,en;q=0.8'], [AS_EXCEL, 'en']] as const) {
      const answer = await ask(query, language)
      expect(answer.headers.get('vary')).toContain('Accept-Language')
      expect(await textOf(answer)).toBe(brazilian)
    }
    const plain = await textOf(await ask(''))
    expect(plain).toStartWith('sku,name,')
    for (const [query, language] of [
      ['', 'en-GB'],
      ['?excel=0', 'pt-BR'],
    ] as const)
      expect(await textOf(await ask(query, language))).toBe(plain)
    expect((await ask('?excel=yes')).status).toBe(422)
  })

  test('in both forms comes back unchanged, and no spreadsheet runs any of it', async () => {
    const names = ['x;=HYPERLINK("http://localhost")', 'a\'b;"=1', 'x,@SUM(A1)', "'=1;+2", 'fim;']
    for (const [i, name] of names.entries())
      await post({
        sku: `S${i}`,
        name,
        supplier: name,
        tags: ['a', '=2+5'],
        unit_cost: `${i + 1}.234`,
        length_mm: '2.001',
      })
    const forms = [await (await ask('')).text(), Buffer.from(await (await ask(AS_EXCEL)).bytes()).toString()]
    for (const csv of forms) {
      for (const separator of [',', ';', '\t'])
        for (const cell of csv
          .replaceAll('"', '')
          .split(/\r\n/)
          .flatMap((line) => line.split(separator)))
          expect(cell).not.toMatch(/^[=+\-@\t\r]/)
      expect(await imported(csv)).toEqual({ created: 0, updated: 0, unchanged: names.length })
      await api.db.sql`truncate packaging`
      expect(await imported(csv)).toEqual({ created: names.length, updated: 0, unchanged: 0 })
      expect(await (await ask('')).text()).toBe(forms[0]!)
      for (const [i, name] of names.entries())
        expect(await itemOf(`S${i}`)).toMatchObject({
          name,
          supplier: name,
          tags: ['a', '=2+5'],
          unit_cost: `${i + 1}.234`,
        })
    }
  })

  test('has a header even when empty, and takes the filters of the list', async () => {
    const header =
      'sku,name,material,kind,length_mm,width_mm,height_mm,weight_g,capacity_ml,unit_cost,currency,supplier,stock,reorder_level,recyclable,tags\r\n'
    expect(await exported()).toBe(header)
    await post({})
    await post({ sku: 'B', material: 'glass', weight_g: '2.5', tags: ['a', 'b'] })
    expect(await exported('?material=glass')).toBe(`${header}B,Caixa,glass,box,,,,2.5,,1.50,BRL,,0,0,false,"a;b"\r\n`)
    expect((await api.call('GET', '/embalagens/export?sort=sku', { as: 'viewer' })).status).toBe(422)
  })

  test('a third reader at once is asked to come again, and a reader who leaves makes room', async () => {
    await imported(`${HEADER}\n${Array.from({ length: 3000 }, (_, i) => `S${i},Caixa,paper,box,1,BRL`).join('\n')}`)
    const open = () => api.call('GET', '/embalagens/export', { as: 'viewer' })
    const [first, second] = [await open(), await open()]
    const busy = await open()
    expect(busy.status).toBe(503)
    expect(busy.headers.get('retry-after')).toBe('5')
    await first.body!.cancel()
    expect((await (await open()).text()).split('\r\n')).toHaveLength(3002)
    expect((await second.text()).split('\r\n')).toHaveLength(3002)
  })

  test('a reader who stops reading is cut off, and makes room', async () => {
    await imported(`${HEADER}\n${Array.from({ length: 3000 }, (_, i) => `S${i},Caixa,paper,box,1,BRL`).join('\n')}`)
    const open = createExporter(api.db.sql, createLog('test', 'silent'), 100)
    const stall = async () => {
      const reader = open({}).getReader()
      await reader.read()
      await expect(reader.closed).rejects.toThrow('Nothing was read')
    }
    await Promise.all([stall(), stall()])
    expect(await new Response(open({})).text()).toContain('S2999')
  })
})
