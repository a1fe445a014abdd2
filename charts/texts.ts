/** Every sentence that a person may read, in Portuguese and English. */
import type { Grain } from '../lib/chart/plan.ts'
import type { Locale } from '../lib/texts.ts'
import type { Doubt } from './doubts.ts'
import type { RefusalCode, RefusalFacts } from './refusal.ts'

type Sentence = Record<Locale, (facts: RefusalFacts) => string>

const REFUSALS: Record<RefusalCode, Sentence> = {
  empty_file: {
    'pt-BR': () => 'O arquivo está vazio. Envie de novo a planilha, depois de salvá-la.',
    en: () => 'The file is empty. Save the workbook and send it again.',
  },
  file_too_large: {
    'pt-BR': ({ limit_mb }) => `O arquivo passa de ${limit_mb} MB. Envie só a aba com a tabela que deve virar gráfico.`,
    en: ({ limit_mb }) => `The file is larger than ${limit_mb} MB. Send only the sheet with the table to draw.`,
  },
  name_unusable: {
    'pt-BR': () =>
      'O nome do arquivo, ou da pasta dele, tem uma barra invertida (\\) ou um caractere que não se pode ler aqui, como um acento gravado por outro sistema. Renomeie-o, de preferência com letras sem acento, e envie de novo.',
    en: () =>
      'The name of the file, or of its folder, holds a backslash (\\) or a character that cannot be read here, as an accent that another system wrote. Rename it, best with plain letters, and send it again.',
  },
  not_readable: {
    'pt-BR': () =>
      'O sistema não tem permissão para ler o arquivo. Dê a ele permissão de leitura; o gráfico sai em seguida.',
    en: () => 'The system may not read the file. Give it the permission to read; the chart follows by itself.',
  },
  not_a_workbook: {
    'pt-BR': () => 'O arquivo não é uma planilha do Excel. Abra-o no programa em que foi feito e salve como .xlsx.',
    en: () => 'The file is not an Excel workbook. Open it where it was made and save it as .xlsx.',
  },
  old_excel_format: {
    'pt-BR': () =>
      'A planilha está no formato antigo do Excel (.xls). Abra-a e use "Salvar como", "Pasta de Trabalho do Excel (.xlsx)".',
    en: () => 'The workbook is in the old Excel format (.xls). Open it and use "Save as", "Excel Workbook (.xlsx)".',
  },
  encrypted: {
    'pt-BR': () => 'A planilha está protegida por senha. Retire a senha de abertura e envie de novo.',
    en: () => 'The workbook is protected by a password. Remove the password to open it and send it again.',
  },
  other_format: {
    'pt-BR': ({ format }) => `O arquivo é do formato ${format}. Abra-o e salve como .xlsx.`,
    en: ({ format }) => `The file is in the format ${format}. Open it and save it as .xlsx.`,
  },
  damaged: {
    'pt-BR': ({ sheet, cell, written }) =>
      written === undefined
        ? `A planilha está incompleta ou danificada${placed('pt-BR', sheet, cell)}. Abra-a no Excel, aceite o reparo, salve como .xlsx e envie de novo.`
        : `A planilha está danificada: na aba "${sheet}", a célula ${cell} tem "${written}" por número. Digite o valor de novo no Excel, salve como .xlsx e envie de novo.`,
    en: ({ sheet, cell, written }) =>
      written === undefined
        ? `The workbook is incomplete or damaged${placed('en', sheet, cell)}. Open it in Excel, accept the repair, save it as .xlsx and send it again.`
        : `The workbook is damaged: in the sheet "${sheet}", cell ${cell} has "${written}" for a number. Type the value again in Excel, save it as .xlsx and send it again.`,
  },
  bad_row: {
    'pt-BR': ({ line, cell }) =>
      `A linha ${line} do arquivo${cell === undefined ? '' : ` (célula ${cell})`} não pode ser lida como CSV; talvez haja aspas que nunca se fecham. Corrija essa linha e envie de novo.`,
    en: ({ line, cell }) =>
      `Line ${line} of the file${cell === undefined ? '' : ` (cell ${cell})`} cannot be read as CSV; perhaps a quotation mark is never closed. Correct that line and send the file again.`,
  },
  inflates_too_much: {
    'pt-BR': ({ limit_mb, sheet, cell }) =>
      `Descompactada, a planilha passa de ${limit_mb} MB${placed('pt-BR', sheet, cell)}. Copie só a tabela para uma pasta de trabalho nova.`,
    en: ({ limit_mb, sheet, cell }) =>
      `Unpacked, the workbook is larger than ${limit_mb} MB${placed('en', sheet, cell)}. Copy only the table into a new workbook.`,
  },
  too_many_rows: {
    'pt-BR': ({ sheet, limit }) =>
      `${sheet === undefined ? 'O arquivo' : `A aba "${sheet}"`} tem mais de ${count(limit, 'pt-BR')} linhas. Resuma os dados (por mês, por exemplo) ou envie uma parte deles.`,
    en: ({ sheet, limit }) =>
      `${sheet === undefined ? 'The file' : `The sheet "${sheet}"`} has more than ${count(limit, 'en')} rows. Summarise the data (by month, say) or send a part of it.`,
  },
  too_many_cells: {
    'pt-BR': ({ limit, sheet, cell }) =>
      `A planilha tem mais de ${count(limit, 'pt-BR')} células preenchidas${placed('pt-BR', sheet, cell)}. Envie só as colunas que devem virar gráfico.`,
    en: ({ limit, sheet, cell }) =>
      `The workbook has more than ${count(limit, 'en')} filled cells${placed('en', sheet, cell)}. Send only the columns to draw.`,
  },
  too_many_columns: {
    'pt-BR': ({ sheet, from, to, limit }) =>
      `A tabela${sheet === undefined ? '' : ` da aba "${sheet}"`} vai da coluna ${from} à ${to}, e só as primeiras ${limit} colunas são lidas. Ponha em linhas o que está em colunas (uma linha por data, por exemplo) ou envie uma parte delas.`,
    en: ({ sheet, from, to, limit }) =>
      `The table${sheet === undefined ? '' : ` in the sheet "${sheet}"`} goes from column ${from} to ${to}, and only the first ${limit} columns are read. Put into rows what is in columns (one row for each date, say) or send a part of them.`,
  },
  no_sheets: {
    'pt-BR': () => 'A planilha não tem nenhuma aba com células. Inclua uma aba com a tabela.',
    en: () => 'The workbook has no sheet with cells. Add a sheet with the table.',
  },
  empty_sheets: {
    'pt-BR': () => 'Todas as abas da planilha estão vazias. Preencha uma tabela com nomes e números e envie de novo.',
    en: () => 'Every sheet of the workbook is empty. Fill in a table with names and numbers and send it again.',
  },
  no_numbers: {
    'pt-BR': () =>
      'Não há números na planilha. Um gráfico precisa de uma coluna de nomes ou datas e de ao menos uma de números.',
    en: () =>
      'There are no numbers in the workbook. A chart needs a column of names or dates and at least one of numbers.',
  },
  no_table: {
    'pt-BR': ({ sheet, cell }) =>
      `Não foi encontrada uma tabela; há números${placed('pt-BR', sheet, cell)}. Deixe os títulos das colunas em uma linha e, abaixo dela, nomes ou datas em uma coluna e números em outra.`,
    en: ({ sheet, cell }) =>
      `No table was found; there are numbers${placed('en', sheet, cell)}. Put the column titles in one row and, below it, names or dates in one column and numbers in another.`,
  },
  no_measure: {
    'pt-BR': ({ sheet, cell }) =>
      `A tabela${placed('pt-BR', sheet, cell)} só tem nomes e números que identificam (códigos, telefones, anos, horários): não há o que medir nem uma categoria que se repita para contar. Inclua uma coluna de valores ou de quantidades.`,
    en: ({ sheet, cell }) =>
      `The table${placed('en', sheet, cell)} holds only names and numbers that identify (codes, phones, years, times of day): there is nothing to measure, and no category that repeats to count by. Add a column of values or quantities.`,
  },
  unsure: {
    'pt-BR': ({ range, doubts }) =>
      `Não há certeza do que desenhar da tabela ${range}: ${doubtTexts(String(doubts).split(' '), 'pt-BR')}. Arrume a tabela ou diga numa aba chamada chart o que vai em x e em y.`,
    en: ({ range, doubts }) =>
      `It is not certain what to draw of the table ${range}: ${doubtTexts(String(doubts).split(' '), 'en')}. Tidy up the table, or say in a sheet named chart what belongs in x and in y.`,
  },
  mixed_currencies: {
    'pt-BR': ({ column, currencies, sheet, cell }) =>
      `A coluna "${column}" mistura moedas (${currencies})${placed('pt-BR', sheet, cell)}, que não se comparam em um só gráfico. Converta os valores para uma moeda ou ponha cada moeda em uma coluna.`,
    en: ({ column, currencies, sheet, cell }) =>
      `The column "${column}" mixes currencies (${currencies})${placed('en', sheet, cell)}, which one chart cannot compare. Convert the values to one currency or put each currency in a column.`,
  },
  chart_setting_unknown: {
    'pt-BR': ({ sheet, cell, setting }) =>
      `A célula ${cell} da aba "${sheet}" diz "${setting}", que não é um ajuste do gráfico. Use kind, x, y, title ou sheet (ou tipo, x, y, título e aba).`,
    en: ({ sheet, cell, setting }) =>
      `Cell ${cell} of the sheet "${sheet}" says "${setting}", which is no setting of a chart. Use kind, x, y, title or sheet.`,
  },
  chart_kind_unknown: {
    'pt-BR': ({ sheet, cell, kind }) =>
      `A célula ${cell} da aba "${sheet}" pede o tipo "${kind}". Há dois: barras (bars) e linhas (lines).`,
    en: ({ sheet, cell, kind }) =>
      `Cell ${cell} of the sheet "${sheet}" asks for the kind "${kind}". There are two: bars and lines.`,
  },
  chart_sheet_unknown: {
    'pt-BR': ({ sheet, cell, wanted }) =>
      `A célula ${cell} da aba "${sheet}" pede a aba "${wanted}", que a planilha não tem, ou que está oculta ou sem tabela.`,
    en: ({ sheet, cell, wanted }) =>
      `Cell ${cell} of the sheet "${sheet}" asks for the sheet "${wanted}", which the workbook does not have, or which is hidden or has no table.`,
  },
  chart_column_unknown: {
    'pt-BR': ({ sheet, cell, column, columns }) =>
      `A célula ${cell} da aba "${sheet}" pede a coluna "${column}", que a tabela não tem. Ela tem: ${columns}.`,
    en: ({ sheet, cell, column, columns }) =>
      `Cell ${cell} of the sheet "${sheet}" asks for the column "${column}", which the table does not have. It has: ${columns}.`,
  },
  chart_column_without_numbers: {
    'pt-BR': ({ sheet, cell, column }) =>
      `A célula ${cell} da aba "${sheet}" pede para medir a coluna "${column}", que não tem números. Indique em y uma coluna de números.`,
    en: ({ sheet, cell, column }) =>
      `Cell ${cell} of the sheet "${sheet}" asks to measure the column "${column}", which holds no numbers. Name a column of numbers in y.`,
  },
  hidden_sheets: {
    'pt-BR': ({ sheet }) =>
      `Nas abas que se veem não há tabela, e abas ocultas não são desenhadas. Se a tabela está na aba "${sheet}", reexiba essa aba e envie de novo.`,
    en: ({ sheet }) =>
      `The sheets that can be seen hold no table, and hidden sheets are not drawn. If the table is in the sheet "${sheet}", unhide that sheet and send the file again.`,
  },
  formulas_without_values: {
    'pt-BR': ({ sheet, cells }) =>
      `Na aba "${sheet}" há fórmulas sem valor gravado (${cells}). Abra a planilha no Excel, salve-a e envie de novo.`,
    en: ({ sheet, cells }) =>
      `In the sheet "${sheet}" there are formulas without a stored value (${cells}). Open the workbook in Excel, save it and send it again.`,
  },
  time_limit: {
    'pt-BR': ({ limit_s }) =>
      `A planilha levou mais de ${limit_s} s para ser lida. Envie uma versão menor, só com a tabela.`,
    en: ({ limit_s }) =>
      `Reading the workbook took more than ${limit_s} s. Send a smaller version with only the table.`,
  },
  memory_limit: {
    'pt-BR': ({ limit_mb }) =>
      `A leitura da planilha precisou de mais de ${limit_mb} MB de memória. Envie uma versão menor, só com a tabela.`,
    en: ({ limit_mb }) =>
      `Reading the workbook needed more than ${limit_mb} MB of memory. Send a smaller version with only the table.`,
  },
  drawing_failed: {
    'pt-BR': ({ attempts }) =>
      `O gráfico não pôde ser desenhado em ${attempts} tentativa(s). Copie a tabela para uma pasta de trabalho nova e envie essa; se continuar, avise quem cuida do sistema.`,
    en: ({ attempts }) =>
      `The chart could not be drawn in ${attempts} attempt(s). Copy the table into a new workbook and send that; if it goes on, tell whoever runs the system.`,
  },
}

/** Where it was seen, as far as that is known. */
function placed(locale: Locale, sheet?: string | number, cell?: string | number): string {
  const at = cell === undefined ? '' : locale === 'en' ? ` at cell ${cell}` : ` na célula ${cell}`
  return (
    at +
    (sheet === undefined
      ? ''
      : locale === 'en'
        ? ` in the sheet "${sheet}"`
        : at === ''
          ? ` na aba "${sheet}"`
          : ` da aba "${sheet}"`)
  )
}

export function refusalSentence(code: RefusalCode, facts: RefusalFacts, locale: Locale): string {
  return REFUSALS[code][locale](facts)
}

export interface ChartTexts {
  by(measures: string, label: string): string
  and: string
  others(count: number): string
  /** `by`: the series that they are largest in, of several. */
  largest(drawn: number, of: number, by?: string): string
  sum(rows: number): string
  mean(rows: number): string
  grain: Record<Grain, string>
  row: string
  column(name: string): string
  average(days: number): string
  /** `more`: how many are not named. */
  left_out(names: string[], more: number): string
  within_others(names: string[], more: number): string
  own_scales: string
  doubts(doubts: Doubt[]): string
  count: string
  sheet: string
  table: string
  nameless(rows: number): string
  /** A table without a title. */
  table_at(range: string): string
  hour: string
  /** A column of formulas that no program has computed. */
  never_computed(name: string): string
  and_more(names: string[], more: number): string
  counted(rows: number): string
}

export const CHART_TEXTS: Record<Locale, ChartTexts> = {
  'pt-BR': {
    by: (measures, label) => `${measures} por ${label}`,
    and: 'e',
    others: (n) => `Outros (${count(n, 'pt-BR')})`,
    largest: (drawn, of, by) => `${drawn} maiores de ${count(of, 'pt-BR')}${by === undefined ? '' : ` em ${by}`}`,
    sum: (rows) => `soma de ${count(rows, 'pt-BR')} linhas`,
    mean: (rows) => `média de ${count(rows, 'pt-BR')} linhas`,
    grain: { day: 'dia', week: 'semana', month: 'mês', quarter: 'trimestre', year: 'ano' },
    row: 'Linha',
    column: (name) => `Coluna ${name}`,
    average: (days) => `média de ${days} dias`,
    left_out: (names, more) =>
      `fora do gráfico: ${names.join(', ')}${more > 0 ? ` e mais ${count(more, 'pt-BR')}` : ''}`,
    within_others: (names, more) => `outros: ${names.join(', ')}${more > 0 ? ` e mais ${count(more, 'pt-BR')}` : ''}`,
    own_scales: 'cada linha em sua própria escala',
    doubts: (doubts) => `confira: ${doubtTexts(doubts, 'pt-BR')}`,
    count: 'Quantidade',
    sheet: 'Aba',
    table: 'Tabela',
    nameless: (rows) => (rows === 1 ? '1 linha sem nome' : `${count(rows, 'pt-BR')} linhas sem nome`),
    table_at: (range) => `tabela ${range}`,
    hour: 'hora',
    never_computed: (name) => `${name} (fórmulas sem valor: abra no Excel e salve)`,
    and_more: (names, more) => `${names.join(', ')} e mais ${more}`,
    counted: (rows) => `contagem de ${count(rows, 'pt-BR')} linhas`,
  },
  en: {
    by: (measures, label) => `${measures} by ${label}`,
    and: 'and',
    others: (n) => `Others (${count(n, 'en')})`,
    largest: (drawn, of, by) => `${drawn} largest of ${count(of, 'en')}${by === undefined ? '' : ` in ${by}`}`,
    sum: (rows) => `sum of ${count(rows, 'en')} rows`,
    mean: (rows) => `average of ${count(rows, 'en')} rows`,
    grain: { day: 'day', week: 'week', month: 'month', quarter: 'quarter', year: 'year' },
    row: 'Row',
    column: (name) => `Column ${name}`,
    average: (days) => `${days}-day average`,
    left_out: (names, more) => `left out: ${names.join(', ')}${more > 0 ? ` and ${count(more, 'en')} more` : ''}`,
    within_others: (names, more) => `others: ${names.join(', ')}${more > 0 ? ` and ${count(more, 'en')} more` : ''}`,
    own_scales: 'each line on a scale of its own',
    doubts: (doubts) => `please check: ${doubtTexts(doubts, 'en')}`,
    count: 'Count',
    sheet: 'Sheet',
    table: 'Table',
    nameless: (rows) => (rows === 1 ? '1 row without a name' : `${count(rows, 'en')} rows without a name`),
    table_at: (range) => `table ${range}`,
    hour: 'hour',
    never_computed: (name) => `${name} (formulas without values: open in Excel and save)`,
    and_more: (names, more) => `${names.join(', ')} and ${more} more`,
    counted: (rows) => `count of ${count(rows, 'en')} rows`,
  },
}

const DOUBTS: Record<Doubt, Record<Locale, string>> = {
  rule_broken: {
    'pt-BR': 'os valores não cabem em um gráfico de barras ou de linhas',
    en: 'the values fit neither bars nor lines',
  },
  rows_unnamed: {
    'pt-BR': 'não se vê qual coluna dá nome às linhas',
    en: 'no column is seen to name the rows',
  },
  rows_numbered: { 'pt-BR': 'as linhas não têm nome', en: 'the rows have no names' },
  only_zeros: { 'pt-BR': 'todos os valores são zero', en: 'every value is zero' },
  rows_unlabelled: { 'pt-BR': 'há linhas com valores e sem nome', en: 'rows with values have no names' },
  total_beside_parts: { 'pt-BR': 'uma coluna soma as outras', en: 'a column adds up the others' },
  total_among_rows: { 'pt-BR': 'uma linha soma as outras', en: 'a row adds up the others' },
  table_is_a_matrix: {
    'pt-BR': 'os mesmos nomes estão nas linhas e nas colunas',
    en: 'rows and columns have the same names',
  },
  table_counts_on: {
    'pt-BR': 'os números são os de um calendário ou de lugares, um depois do outro',
    en: 'the numbers are those of a calendar or of seats, one after the other',
  },
  rows_of_different_units: {
    'pt-BR': 'cada linha tem a sua unidade de medida',
    en: 'each row has a unit of its own',
  },
  headers_unread: {
    'pt-BR': 'os títulos não dizem o que distingue as colunas',
    en: 'the titles do not say what tells the columns apart',
  },
  columns_alike: { 'pt-BR': 'duas colunas têm o mesmo título', en: 'two columns have the same title' },
  measure_unnamed: { 'pt-BR': 'uma coluna de valores não tem título', en: 'a column of values has no title' },
  header_missing: { 'pt-BR': 'falta a linha de títulos', en: 'the row of column titles is missing' },
  measure_numbers_rows: {
    'pt-BR': 'os números parecem só numerar as linhas',
    en: 'the numbers seem to number the rows only',
  },
  values_missing: { 'pt-BR': 'mais da metade dos valores falta', en: 'more than half of the values are missing' },
  names_are_sentences: { 'pt-BR': 'os nomes das linhas são frases', en: 'the names of the rows are sentences' },
  columns_left: {
    'pt-BR': 'a maior parte das colunas de números ficou de fora',
    en: 'most columns of numbers are left out',
  },
  one_value: { 'pt-BR': 'há um só valor', en: 'there is a single value' },
  currencies_mixed: {
    'pt-BR': 'os valores estão em moedas diferentes',
    en: 'the amounts are in different currencies',
  },
  units_mixed: { 'pt-BR': 'as quantidades têm unidades diferentes', en: 'the quantities have different units' },
  values_elsewhere: {
    'pt-BR': 'a maior parte dos números da aba está fora da tabela',
    en: 'most numbers of the sheet are outside of the table',
  },
}

const doubtTexts = (doubts: string[], locale: Locale) =>
  doubts.map((doubt) => DOUBTS[doubt as Doubt][locale]).join('; ')

function count(value: number | string | undefined, locale: Locale): string {
  return Number(value ?? 0).toLocaleString(locale)
}
