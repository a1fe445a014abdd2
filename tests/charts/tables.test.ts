import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Plan } from '../../lib/chart/plan.ts'
import { makeSheet, makeWorkbook, newPath, planOf, type CellInput } from '../kit/make-workbook.ts'

setDefaultTimeout(120_000)

const MONTHS = ['Jan', 'Fev', 'Mar', 'Abr', 'Mai', 'Jun']

/** Label and values of every point, in the order drawn. */
const drawn = (plan: Plan) =>
  plan.points.map(({ label }, at): CellInput[] => [label, ...plan.series.map(({ values }) => values[at] ?? null)])

test('text with decimal commas, currency and percent signs is read as numbers; the total is no bar', async () => {
  const plan = await planOf(
    await makeSheet([
      ['Filial', 'Faturamento', 'Margem'],
      ['Curitiba', 'R$ 123.456,78', '-3,2%'],
      ['São Paulo', 'R$ 1.234.567,89', '12,5%'],
      ['Santos', '(R$ 50,00)', '1%'],
      ['TOTAL', 'R$ 1.357.974,67', null],
    ]),
  )
  expect(drawn(plan)).toEqual([
    ['São Paulo', 1_234_567.89],
    ['Curitiba', 123_456.78],
    ['Santos', -50],
  ])
  expect(plan.series[0]!.unit).toEqual({ kind: 'money', currency: 'R$' })
  expect(plan.source.range).toBe('A1:C4')
})

test('a percentage is one whether its cell or its text says so', async () => {
  const formatted = await makeWorkbook((workbook) => {
    const sheet = workbook.addWorksheet('a')
    sheet.addRows([
      ['Canal', 'Parte'],
      ['Loja', 0.42],
      ['Site', 0.58],
    ])
    for (const cell of ['B2', 'B3']) sheet.getCell(cell).numFmt = '0.0%'
  })
  const written = await makeSheet([
    ['Canal', 'Parte'],
    ['Loja', '42%'],
    ['Site', '58%'],
  ])
  for (const path of [formatted, written]) {
    const { series } = await planOf(path)
    expect(series[0]!.unit).toEqual({ kind: 'percent', fraction: true })
    expect(series[0]!.values).toEqual([0.58, 0.42])
  }
})

test('months side by side become the axis, and the rows lines; the totals of both are left out', async () => {
  const plan = await planOf(
    await makeSheet([
      ['Relatório de vendas'],
      [],
      ['Produto', ...MONTHS, 'Total'],
      ['Caixa', 1, 2, 3, 4, 5, 6, 21],
      ['Lata', 6, 5, 4, 3, 2, 1, 21],
      ['Total geral', 7, 7, 7, 7, 7, 7, 42],
    ]),
  )
  expect(plan).toMatchObject({ shape: 'lines', title: 'Relatório de vendas', label_title: 'Mês' })
  expect(plan.series.map(({ name, values }) => [name, values])).toEqual([
    ['Caixa', [1, 2, 3, 4, 5, 6]],
    ['Lata', [6, 5, 4, 3, 2, 1]],
  ])
  expect(plan.points.map(({ label }) => label)).toEqual(MONTHS)
})

test('a table in long form becomes a line for each name', async () => {
  const rows = MONTHS.flatMap((month, at) => [
    [month, 'Norte', at],
    [month, 'Sul', 10 - at],
  ])
  const plan = await planOf(await makeSheet([['Mês', 'Região', 'Vendas'], ...rows]))
  expect(plan.series.map(({ name, values }) => [name, values[5]])).toEqual([
    ['Norte', 5],
    ['Sul', 5],
  ])
  expect(plan.title).toBe('Vendas por Mês')
})

test('a header over merged columns names the columns below it', async () => {
  const path = await makeWorkbook((workbook) => {
    const sheet = workbook.addWorksheet('a')
    sheet.addRows([
      ['Loja', 'Receita', null, 'Custo', null],
      [null, 2024, 2025, 2024, 2025],
      ['Centro', 120, 192, 85, 92],
      ['Norte', 166, 163, 74, 119],
      ['Sul', 182, 212, 70, 99],
    ])
    for (const range of ['A1:A2', 'B1:C1', 'D1:E1']) sheet.mergeCells(range)
  })
  expect((await planOf(path)).source.measures).toEqual(['Receita 2024', 'Receita 2025', 'Custo 2024', 'Custo 2025'])
})

test('times and percentages in a header are written as the sheet shows them', async () => {
  const header = async (format: string, ...cells: number[]) => {
    const path = await makeWorkbook((workbook) => {
      const sheet = workbook.addWorksheet('a')
      sheet.addRows([
        ['Sala', ...cells],
        ['Azul', 12, 18, 25, 20],
        ['Verde', 10, 15, 22, 19],
        ['Roxa', 11, 19, 24, 23],
      ])
      for (const [at] of cells.entries()) sheet.getCell(1, at + 2).numFmt = format
    })
    return (await planOf(path)).points.map(({ label }) => label)
  }
  expect(await header('hh:mm', 8 / 24, 8.5 / 24, 9 / 24, 9.5 / 24)).toEqual(['08:00', '08:30', '09:00', '09:30'])
  expect(await header('0%', 0.05, 0.1, 0.15, 0.2)).toEqual(['5%', '10%', '15%', '20%'])
})

test('the table is on a later sheet, not at its corner, and the cover is passed over', async () => {
  const path = await makeWorkbook((workbook) => {
    const cover = workbook.addWorksheet('Capa')
    cover.getCell('B2').value = 'Empresa XYZ'
    cover.getCell('B4').value = 'Versão'
    cover.getCell('C4').value = 2
    const hidden = workbook.addWorksheet('segredo', { state: 'veryHidden' })
    hidden.addRows([
      ['x', 'y'],
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ])
    const data = workbook.addWorksheet('Dados 2025')
    data.getCell('C4').value = 'Setor'
    data.getCell('D4').value = 'Pessoas'
    const people: CellInput[][] = [
      ['TI', 17],
      ['RH', 8],
      ['Vendas', 42],
    ]
    for (const row of people) data.addRow([null, null, ...row])
  })
  const plan = await planOf(path)
  expect(plan.source).toMatchObject({ sheet: 'Dados 2025', range: 'C4:D7', label_column: 'Setor' })
  expect(drawn(plan)[0]).toEqual(['Vendas', 42])
})

test('measures that share an axis share its title', async () => {
  const plan = await planOf(
    await makeSheet([
      ['Loja', 'Vendas_2024', 'Vendas_2025'],
      ['A', 1, 2],
      ['B', 3, 4],
    ]),
  )
  expect(plan).toMatchObject({ shape: 'bars', value_title: 'Vendas', label_title: 'Loja' })
  expect(plan.series).toHaveLength(2)
})

test('what a person does not see is not drawn', async () => {
  const path = await makeWorkbook((workbook) => {
    const sheet = workbook.addWorksheet('a')
    sheet.addRows([
      ['Loja', 'Segredo', 'Vendas'],
      ['A', 900, 1],
      ['B', 800, 2],
      ['C', 700, 3],
    ])
    sheet.getColumn(2).hidden = true
    sheet.getRow(3).hidden = true
  })
  expect(drawn(await planOf(path))).toEqual([
    ['C', 3],
    ['A', 1],
  ])
})

test('columns that nobody sees do not part the names from their numbers', async () => {
  const path = await makeWorkbook((workbook) => {
    const sheet = workbook.addWorksheet('a')
    sheet.addRows([
      ['Produtor', 'Jan', 'Fev', 'Mar', 'Abr', 'Mai', 'Jun', 'Jul', 'Total'],
      ['Antônio', 1, 1, 1, 1, 1, 7, 9, 21],
      ['Clarice', 1, 1, 1, 1, 1, 8, 8, 21],
      ['José', 1, 1, 1, 1, 1, 5, 4, 14],
      ['Total', 3, 3, 3, 3, 3, 20, 21, 56],
    ])
    for (const column of [2, 3, 4, 5, 6]) sheet.getColumn(column).hidden = true
  })
  const plan = await planOf(path)
  expect(plan.points.map(({ label }) => label)).toEqual(['Antônio', 'Clarice', 'José'])
  expect(plan.source).toMatchObject({ label_column: 'Produtor', range: 'A1:I4' })
})

test('the axis is named after the mean of many pupils, not after its parts', async () => {
  const rows = Array.from({ length: 14 }, (_, at) => [
    `Aluno ${at}`,
    4 + (at % 6),
    5 + (at % 4),
    (9 + (at % 6) + (at % 4)) / 2,
  ])
  const plan = await planOf(await makeSheet([['Aluno', 'P1', 'P2', 'Média'], ...rows]))
  expect(plan.series.map(({ name }) => name)).toEqual(['Média'])
  expect(plan.value_title).toBe('Média')
})

test('dates as text are read day first, and a year of ids is neither measure nor label', async () => {
  const rows = Array.from({ length: 14 }, (_, at) => [5000 + at, `${at + 5}/03/2025`, `${at},50`])
  const plan = await planOf(await makeSheet([['Pedido', 'Data', 'Valor'], ...rows]))
  expect(plan).toMatchObject({ shape: 'lines', grain: 'day', title: 'Valor por dia' })
  expect(new Date(plan.points[0]!.time!).toISOString()).toStartWith('2025-03-05')
  expect(plan.series[0]!.values[13]).toBe(13.5)
})

test('years, months and ages keep their order; names go by size', async () => {
  const labels = async (rows: CellInput[][]) => (await planOf(await makeSheet(rows))).points.map(({ label }) => label)
  expect(
    await labels([
      ['Ano', 'Receita'],
      [2023, 5],
      [2024, 9],
      [2025, 7],
    ]),
  ).toEqual(['2023', '2024', '2025'])
  expect(
    await labels([
      ['Mês', 'Receita'],
      ['mar', 5],
      ['jan', 9],
      ['fev', 7],
    ]),
  ).toEqual(['jan', 'fev', 'mar'])
  expect(
    await labels([
      ['Idade', 'Pessoas'],
      ['55+', 5],
      ['18-24', 9],
      ['25-54', 7],
    ]),
  ).toEqual(['18-24', '25-54', '55+'])
  expect(
    await labels([
      ['Loja', 'Vendas'],
      ['A', 5],
      ['B', 9],
      ['C', 7],
    ]),
  ).toEqual(['B', 'C', 'A'])
})

test('of too many names the largest stay, and the others are one bar or a note', async () => {
  const rows = (value: (at: number) => number) =>
    Array.from({ length: 30 }, (_, at): CellInput[] => [
      `Cliente ${String.fromCharCode(65 + (at % 26))}${at}x`,
      value(at),
    ])
  const small = await planOf(await makeSheet([['Cliente', 'Vendas'], ...rows((at) => 1000 / (at + 1) ** 2)]))
  expect(small.points).toHaveLength(16)
  expect(small.points.at(-1)!.label).toBe('Outros (15)')
  const large = await planOf(await makeSheet([['Cliente', 'Vendas'], ...rows((at) => 1000 - at)]))
  expect(large.points).toHaveLength(15)
  expect(large.subtitle).toContain('15 maiores de 30')
})

test('sections, blank rows, subtotals and rows with errors do not end a table', async () => {
  const path = await makeWorkbook((workbook) => {
    const sheet = workbook.addWorksheet('a')
    sheet.addRows([
      ['Descrição', 'Previsto', 'Realizado'],
      ['Areia', { error: '#N/A' }, { error: '#N/A' }],
      ['Materiais'],
      ['Cimento', 1000, 1100],
      ['Subtotal', 1000, 1100],
      [],
      ['Pedreiro', 3000, 3300],
      ['Total', 4000, 4400],
      ['Fonte: obra'],
    ])
  })
  expect(drawn(await planOf(path))).toEqual([
    ['Pedreiro', 3000, 3300],
    ['Cimento', 1000, 1100],
  ])
})

test('of two tables side by side the first is drawn alone', async () => {
  const rows = MONTHS.map((month, at): CellInput[] => [month, at, null, `Vendedor ${at}`, at * 3])
  const plan = await planOf(await makeSheet([['Mês', 'Vendas', null, 'Vendedor', 'Comissão'], ...rows]))
  expect(plan.source).toMatchObject({ range: 'A1:B7', measures: ['Vendas'] })
})

test('names and numbers under no header are drawn all the same', async () => {
  const plan = await planOf(
    await makeSheet([
      ['Norte', 10],
      ['Sul', 20],
      ['Leste', 15],
    ]),
  )
  expect(drawn(plan)).toEqual([
    ['Sul', 20],
    ['Leste', 15],
    ['Norte', 10],
  ])
})

test('a CSV that Brazilian Excel saved is drawn like a workbook', async () => {
  const path = newPath('vendas.csv')
  await Bun.write(path, Buffer.from('Região;Vendas\nSão Paulo;1.234,5\nPará;99,5\nGoiás;7\n', 'latin1'))
  expect(drawn(await planOf(path))).toEqual([
    ['São Paulo', 1234.5],
    ['Pará', 99.5],
    ['Goiás', 7],
  ])
})

test('a date that can be read in one way only says how the others are written', async () => {
  const plan = await planOf(
    await makeSheet([
      ['Data', 'Vendas'],
      ['03/04/2025', 1],
      ['03/25/2025', 2],
      ['04/03/2025', 3],
    ]),
  )
  expect(plan.points.map(({ time }) => new Date(time!).toISOString().slice(0, 10))).toEqual([
    '2025-03-04',
    '2025-03-25',
    '2025-04-03',
  ])
})

test('texts and numbers follow the locale', async () => {
  const plan = await planOf(
    await makeSheet([
      ['Store', 'Sales'],
      ['A', '1,234.5'],
      ['B', '7.25'],
    ]),
    'en',
  )
  expect(plan.title).toBe('Sales by Store')
  expect(drawn(plan)).toEqual([
    ['A', 1234.5],
    ['B', 7.25],
  ])
})

test('tens of thousands of rows called totals are looked at in good time', async () => {
  const path = newPath('totais.csv')
  const lines = Array.from({ length: 30_000 }, (_, at) => `Total ${at};${at % 77}`)
  await Bun.write(path, ['Nome;Valor', ...lines].join('\n'))
  expect((await planOf(path)).source.measures).toEqual(['Valor'])
}, 15_000)

test('rows without a value are not counted among those that were added up', async () => {
  const plan = await planOf(
    await makeSheet([
      ['Setor', 'Pontos'],
      ...['A', 'B', 'A', 'B', 'A', 'B'].map((name, at) => [name, at < 4 ? at + 1 : null]),
    ]),
  )
  expect(plan.subtitle).toContain('soma de 4 linhas')
})
