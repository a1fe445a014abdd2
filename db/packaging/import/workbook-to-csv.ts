/**
 * A process of its own that turns an .xlsx on stdin into CSV on stdout, so that what a workbook costs, and whatever it
 * does to the reader, ends with the process. One line per row of the sheet, so that lines are the row numbers a person
 * sees. Exit code 2: the file is at fault, and stderr's last line has the sentence, as JSON in both languages.
 */
import type ExcelJS from 'exceljs'
import { decimalMark } from './decimals.ts'
import { WORKBOOK_LIMITS } from './workbook-limits.ts'
import { checkZip, WorkbookFault } from './check-zip.ts'

/** Nothing of these is needed, and some cost minutes (merged ranges) or are broken in many files. */
const IGNORED = [
  'mergeCells',
  'dataValidations',
  'conditionalFormatting',
  'hyperlinks',
  'drawing',
  'tableParts',
  'picture',
]

try {
  const bytes = Buffer.from(await Bun.stdin.bytes())
  await checkZip(bytes, WORKBOOK_LIMITS.inflated_bytes)
  await Bun.write(Bun.stdout, toCsv(firstSheet(await load(bytes))))
} catch (thrown) {
  if (!(thrown instanceof WorkbookFault)) throw thrown
  process.stderr.write(JSON.stringify(thrown.text))
  process.exit(2)
}

async function load(bytes: Buffer): Promise<ExcelJS.Workbook> {
  // Only now: loading it takes longer than refusing most files.
  const { Workbook } = (await import('exceljs')).default
  const workbook = new Workbook()
  try {
    await workbook.xlsx.load(bytes as never, { ignoreNodes: IGNORED })
    return workbook
  } catch (cause) {
    throw new WorkbookFault(
      {
        en: 'The workbook cannot be read; save it again as .xlsx in Excel or LibreOffice, or as CSV.',
        pt: 'A planilha não pode ser lida; salve-a de novo como .xlsx no Excel ou no LibreOffice, ou como CSV.',
      },
      {
        cause,
      },
    )
  }
}

/** The first sheet that a person sees and that has something in it. */
function firstSheet(workbook: ExcelJS.Workbook): ExcelJS.Worksheet {
  const visible = workbook.worksheets.filter((sheet) => sheet.state === 'visible')
  const sheet = visible.find((sheet) => sheet.actualRowCount > 0)
  if (sheet) return sheet
  throw new WorkbookFault(
    workbook.worksheets.length === 0
      ? {
          en: 'The file holds no sheet that can be read; save it again as .xlsx in Excel or LibreOffice, or as CSV.',
          pt: 'O arquivo não tem nenhuma aba que possa ser lida; salve-o de novo como .xlsx no Excel ou no LibreOffice, ou como CSV.',
        }
      : {
          en: 'The workbook has no visible sheet with anything in it.',
          pt: 'A planilha não tem nenhuma aba visível com conteúdo.',
        },
  )
}

function toCsv(sheet: ExcelJS.Worksheet): string {
  if (sheet.actualRowCount > WORKBOOK_LIMITS.rows)
    throw new WorkbookFault({
      en: `The sheet has more than ${WORKBOOK_LIMITS.rows} rows; split it, or save it as CSV.`,
      pt: `A aba tem mais de ${WORKBOOK_LIMITS.rows} linhas; divida-a, ou salve-a como CSV.`,
    })
  // Numbers are written with the mark that text cells use, so that a text "1,25" among them is none the odd one out.
  const texts = decimalMark()
  const lines: Array<Array<string | number>> = []
  sheet.eachRow((row, number) => {
    const cells: Array<string | number> = []
    row.eachCell((cell, column) => {
      const content = contentOf(cell.value)
      if (typeof content === 'string') texts.add(content)
      if (column <= WORKBOOK_LIMITS.columns) cells[column - 1] = content
    })
    lines[number - 1] = cells
  })
  const comma = texts.decide(',') === ','
  // A row may be shorter than the header only because its last cells are empty.
  const width = lines.reduce((most, cells) => Math.max(most, cells?.length ?? 0), 0)
  const line = (cells: Array<string | number> = []) =>
    cells.length === 0 ? '' : Array.from({ length: width }, (_, at) => quoted(cells[at] ?? '', comma)).join(',')
  return Array.from(lines, line).join('\n')
}

function quoted(content: string | number, comma: boolean): string {
  if (typeof content === 'string') return `"${content.replaceAll('"', '""')}"`
  // Fifteen digits are what Excel itself keeps; 0.1+0.2 is 0.3 there.
  const digits = String(Number(content.toPrecision(15)))
  return comma ? `"${digits.replace('.', ',')}"` : digits
}

function contentOf(value: ExcelJS.CellValue): string | number {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return value
  if (typeof value !== 'object') return String(value).replace(/[\r\n]+/g, ' ')
  if (value instanceof Date) return value.toISOString().slice(0, 10)
  if ('richText' in value) return contentOf(value.richText.map((part) => part.text).join(''))
  if ('error' in value) return value.error
  if ('hyperlink' in value) return contentOf(value.text as ExcelJS.CellValue)
  return contentOf(value.result)
}
